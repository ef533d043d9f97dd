extension ShopState {
    /// Whether a statement that lists these SKUs is more than the shop's scan of it bears: two of them have a double quote, and much text
    /// follows the first.
    func exhaustsScan(_ skus: [String]) -> Bool {
        guard let limit = sqlScanLimit, let first = skus.firstIndex(where: { $0.contains("\"") }),
            skus[(first + 1)...].contains(where: { $0.contains("\"") })
        else { return false }
        // Each stands in quotes, with a comma behind it.
        return skus[(first + 1)...].reduce(0) { $0 + $1.utf8.count + 3 } > limit
    }
}
