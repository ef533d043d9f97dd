package import Domain

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
    package var isComposite: Bool {
        switch type {
        case "configurable", "bundle", "grouped": true
        default: false
        }
    }

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
    /// Named products come on one page where the shop lets them.
    private let namedSize = PageSize(SKUChunks.maximumCount)

    package init(_ transport: any ShopTransport, pageRows: Int = 200) {
        self.transport = transport
        size = PageSize(pageRows)
    }

    /// The products of these SKUs, matched as the shop does: letter case does not count. Throws `Diagnostic`.
    package func find(_ skus: [String]) async throws -> [CatalogueEntry] {
        try await inFlight(ExistingProducts.callsInFlight, SKUChunks.split(skus)) { filter in
            var found: [CatalogueEntry] = []
            // One product a SKU at most: when there are so many, there is no further page to ask for.
            let named = filter.value.utf8.count { $0 == UInt8(ascii: ",") } + 1
            try await pages([filter], namedSize, atMost: named) { found += $0 }
            return found
        }.flatMap { $0 }
    }

    /// The products with these ids: an order names what was bought by number, and its own SKU may carry chosen options.
    package func find(ids: [Int]) async throws -> [CatalogueEntry] {
        var found: [CatalogueEntry] = []
        for start in stride(from: 0, to: ids.count, by: 100) {
            let wanted = ids[start..<min(start + 100, ids.count)].map(String.init).joined(separator: ",")
            try await pages([SearchQuery.Filter("entity_id", .oneOf, wanted)], namedSize, atMost: 100) { found += $0 }
        }
        return found
    }

    /// Which of these bundles are shipped as a whole; the others' parts are shipped apart. One that is gone is left out. Throws `Diagnostic`.
    package func shipsTogether(ids: [Int]) async throws -> [Int: Bool] {
        var found: [Int: Bool] = [:]
        for start in stride(from: 0, to: ids.count, by: 100) {
            let wanted = ids[start..<min(start + 100, ids.count)].map(String.init).joined(separator: ",")
            let rows = try await transport.search(["products"], namedSize) { rows in
                SearchQuery(
                    [.init("entity_id", .oneOf, wanted)], sort: "entity_id", pageSize: rows, fields: "items[id,custom_attributes],total_count")
            }
            for row in rows {
                let type = row["custom_attributes"]?.elements?.first { $0["attribute_code"]?.text == "shipment_type" }?["value"]
                guard let id = row["id"]?.whole, let type = type?.whole else { continue }
                found[id] = type == 0
            }
        }
        return found
    }

    /// The products whose row the shop has written since `moment`, which is every one that was renamed, replaced or made another type; `nil`
    /// where there are more than `limit`, or where no moment is given. And up to when by the shop's clock that holds. Throws `Diagnostic`.
    package func changed(since moment: UTCInstant?, atMost limit: Int) async throws -> (entries: [CatalogueEntry]?, upTo: UTCInstant?) {
        let filters = moment.map { [SearchQuery.Filter("updated_at", .greaterOrEqual, ShopTime.text($0))] } ?? []
        let size = PageSize(1)
        let first = try await transport.searchPage(["products"], size) { rows in
            SearchQuery(filters, sort: "entity_id", pageSize: rows, fields: Self.fields)
        }
        guard moment != nil, let total = first.total, total <= limit else { return (nil, first.serverTime) }
        var entries = first.items.compactMap(CatalogueEntry.init)
        if total > entries.count {
            entries = []
            try await pages(filters, namedSize) { entries += $0 }
        }
        return (entries, first.serverTime)
    }

    /// All products by ascending id, page by page. Throws `Diagnostic`.
    package func all(_ visit: ([CatalogueEntry]) async throws -> Void) async throws { try await pages([], size, visit) }

    private func pages(
        _ filters: [SearchQuery.Filter], _ size: PageSize, atMost limit: Int = .max,
        _ visit: ([CatalogueEntry]) async throws -> Void
    ) async throws {
        var last: Int?
        var seen = 0
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
                    fix: "Look for a module that changes product searches", kind: .transient)
            }
            if !entries.isEmpty { try await visit(entries) }
            seen += entries.count
            guard entries.count >= asked, seen < limit, let end = entries.last?.id else { return }
            last = end
        }
    }
}
