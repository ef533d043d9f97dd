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
        // The SKUs of one list, between commas.
        var list = ""
        var count = 0
        var length = 0
        for var sku in skus {
            let (bytes, hasComma) = sku.withUTF8(measured)
            guard !hasComma else {
                filters.append(SearchQuery.Filter("sku", .equal, sku))
                continue
            }
            let size = bytes + 3
            if count > 0, length + size > maximumURLBytes - reserve || count == maximumCount {
                filters.append(SearchQuery.Filter("sku", .oneOf, list))
                list = ""
                count = 0
                length = 0
            }
            if count > 0 { list += "," }
            list += sku
            count += 1
            length += size
        }
        if count > 0 { filters.append(SearchQuery.Filter("sku", .oneOf, list)) }
        return filters
    }

    /// How many bytes of an address the text takes, and whether a comma is among them.
    private static func measured(_ text: UnsafeBufferPointer<UInt8>) -> (bytes: Int, hasComma: Bool) {
        var bytes = 0
        var hasComma = false
        for byte in text {
            bytes += PercentEncoding.isUnreserved(byte) ? 1 : 3
            hasComma = hasComma || byte == UInt8(ascii: ",")
        }
        return (bytes, hasComma)
    }
}
