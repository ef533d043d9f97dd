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

    /// What stands behind the first of two SKUs with a double quote, at most: the shop's scan of its own statement fails from about 5,000
    /// characters on, and the call with it.
    static let quotedBytes = 4000

    /// Splits SKUs into lists for the body of a call.
    static func bodies(_ skus: [String], atMost limit: Int) -> [ArraySlice<String>] {
        var chunks: [ArraySlice<String>] = []
        var start = skus.startIndex
        var quoted = 0
        var behind = 0
        for (index, sku) in skus.enumerated() {
            let size = sku.utf8.count + 3
            let isQuoted = sku.utf8.contains(UInt8(ascii: "\""))
            let isTooLong = quoted + (isQuoted ? 1 : 0) > 1 && behind + size > quotedBytes
            if index > start, index - start >= limit || isTooLong {
                chunks.append(skus[start..<index])
                (start, quoted, behind) = (index, 0, 0)
            }
            if quoted > 0 { behind += size }
            if isQuoted { quoted += 1 }
        }
        if start < skus.endIndex { chunks.append(skus[start...]) }
        return chunks
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
