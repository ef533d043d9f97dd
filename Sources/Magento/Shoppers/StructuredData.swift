import Domain

/// The JSON-LD of a product page: what it tells search engines of its offers.
enum StructuredData {
    private static let opening = "application/ld+json"

    /// The lowest price of any offer of any product on the page.
    static func lowestOffer(in html: String) -> ExactDecimal? {
        documents(in: html).flatMap { prices(of: $0, depth: 0) }.min()
    }

    private static func documents(in html: String) -> [JSON] {
        var documents: [JSON] = []
        var rest = html[...]
        while let mark = rest.firstRange(of: opening) {
            rest = rest[mark.upperBound...].drop { $0 != ">" }.dropFirst()
            guard let end = rest.firstRange(of: "</script") else { break }
            if let json = try? JSONReader.read(Array(rest[..<end.lowerBound].utf8)) { documents.append(json) }
            rest = rest[end.upperBound...]
        }
        return documents
    }

    /// Offers stand inside a product, alone or in a list, as one price or as the bounds of several.
    private static func prices(of json: JSON, depth: Int) -> [ExactDecimal] {
        guard depth < 8 else { return [] }
        switch json {
        case .array(let elements): return elements.flatMap { prices(of: $0, depth: depth + 1) }
        case .object(let members):
            let isOffer = ["Offer", "AggregateOffer"].contains(members["@type"]?.text ?? "")
            let own = isOffer ? ["price", "lowPrice"].compactMap { members[$0]?.decimal } : []
            return own + ["offers", "@graph", "hasVariant"].compactMap { members[$0] }.flatMap { prices(of: $0, depth: depth + 1) }
        case .null, .bool, .number, .string: return []
        }
    }
}
