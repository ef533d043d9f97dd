import Domain

/// Tax classes of products by their names.
package struct TaxClasses: Sendable {
    private let transport: any ShopTransport
    private let size = PageSize(200)

    package init(_ transport: any ShopTransport) { self.transport = transport }

    /// Name to id. Throws `Diagnostic`.
    package func ofProducts() async throws -> [String: Int] {
        let items = try await transport.search(["taxClasses", "search"], size) { rows in
            SearchQuery([.init("class_type", .equal, "PRODUCT")], sort: "class_id", pageSize: rows)
        }
        let pairs = items.compactMap { json -> (String, Int)? in
            guard let name = json["class_name"]?.text, let id = json["class_id"]?.whole else { return nil }
            return (name, id)
        }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }
}
