import Domain

/// A product as far as the sync needs it.
package struct CatalogueEntry: Hashable, Sendable {
    package var id: Int
    /// In the catalogue's exact spelling.
    package var sku: String
    /// `simple`, `configurable`, …
    package var type: String

    package init(id: Int, sku: String, type: String) {
        self.id = id
        self.sku = sku
        self.type = type
    }

    /// Stock is kept on the parts, never on these.
    package var isComposite: Bool { ["configurable", "bundle", "grouped"].contains(type) }

    init?(_ json: JSON) {
        guard let id = json["id"]?.whole, let sku = json["sku"]?.text, let type = json["type_id"]?.text else { return nil }
        self.init(id: id, sku: sku, type: type)
    }
}

/// Which products there are.
package struct Catalogue: Sendable {
    private static let fields = "items[id,sku,type_id],total_count"
    private let transport: any ShopTransport
    private let size: PageSize

    package init(_ transport: any ShopTransport, pageRows: Int = 200) {
        self.transport = transport
        size = PageSize(pageRows)
    }

    /// The products of these SKUs, matched as the shop does: letter case does not count. Throws `Diagnostic`.
    package func find(_ skus: [String]) async throws -> [CatalogueEntry] {
        var found: [CatalogueEntry] = []
        for filter in SKUChunks.split(skus) { try await pages([filter]) { found += $0 } }
        return found
    }

    /// The products with these ids: an order names what was bought by number, and its own SKU may carry chosen options.
    package func find(ids: [Int]) async throws -> [CatalogueEntry] {
        var found: [CatalogueEntry] = []
        for start in stride(from: 0, to: ids.count, by: 100) {
            let wanted = ids[start..<min(start + 100, ids.count)].map(String.init).joined(separator: ",")
            try await pages([SearchQuery.Filter("entity_id", .oneOf, wanted)]) { found += $0 }
        }
        return found
    }

    /// All products by ascending id, page by page. Throws `Diagnostic`.
    package func all(_ visit: ([CatalogueEntry]) async throws -> Void) async throws { try await pages([], visit) }

    private func pages(_ filters: [SearchQuery.Filter], _ visit: ([CatalogueEntry]) async throws -> Void) async throws {
        var last: Int?
        while true {
            let after = last.map { [SearchQuery.Filter("entity_id", .greater, String($0))] } ?? []
            var asked = 0
            let json = try await transport.search(["products"], size) { rows in
                asked = rows
                return SearchQuery(filters + after, sort: "entity_id", pageSize: rows, fields: Self.fields)
            }
            let entries = json.compactMap(CatalogueEntry.init)
            guard entries.count == json.count, (entries.last?.id ?? Int.max) > last ?? Int.min else {
                throw Diagnostic(
                    "SHOP-MALFORMED", "A product came without id, sku or type_id, or came again",
                    hint: "Look for a module that changes product searches", kind: .transient)
            }
            if !entries.isEmpty { try await visit(entries) }
            guard entries.count >= asked, let end = entries.last?.id else { return }
            last = end
        }
    }
}
