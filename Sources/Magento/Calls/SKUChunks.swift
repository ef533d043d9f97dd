/// Splits SKUs into lists that fit one URL. `in` splits its value at commas without an escape, so a SKU with a comma goes
/// alone and by `eq`.
package enum SKUChunks {
    package static let maximumURLBytes = 6000
    /// What the rest of the URL takes at most.
    static let reserve = 1200
    /// What Magento answers on one page where its administrator has set a limit and no number.
    static let maximumCount = 300

    package static func split(_ skus: some Sequence<String>) -> [SearchQuery.Filter] {
        var filters: [SearchQuery.Filter] = []
        var chunk: [String] = []
        var length = 0
        for sku in skus {
            guard !sku.utf8.contains(UInt8(ascii: ",")) else {
                filters.append(SearchQuery.Filter("sku", .equal, sku))
                continue
            }
            let size = PercentEncoding.length(of: sku) + 3
            if !chunk.isEmpty, length + size > maximumURLBytes - reserve || chunk.count == maximumCount {
                filters.append(SearchQuery.Filter("sku", .oneOf, chunk.joined(separator: ",")))
                chunk = []
                length = 0
            }
            chunk.append(sku)
            length += size
        }
        if !chunk.isEmpty { filters.append(SearchQuery.Filter("sku", .oneOf, chunk.joined(separator: ","))) }
        return filters
    }
}
