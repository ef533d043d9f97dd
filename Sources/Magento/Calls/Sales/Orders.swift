import Domain

/// Reading orders.
package struct Orders: Sendable {
    private let transport: any ShopTransport
    private let size: PageSize

    package init(_ transport: any ShopTransport, pageRows: Int = 100) {
        self.transport = transport
        size = PageSize(pageRows)
    }

    /// The orders of these numbers; those that the shop does not have, or not in a form that can be read, are left out. Throws
    /// `Diagnostic`.
    package func find(_ numbers: some Collection<String>) async throws -> [OrderSnapshot] {
        let rows = try await transport.all(["orders"], size, chunks: SearchChunks.split(numbers, field: "increment_id"), fields: OrderSnapshot.fields)
        return rows.compactMap(OrderSnapshot.init)
    }

    /// Orders changed at or after a database stamp (`2026-11-21 01:20:00`, in UTC), page by page by ascending entity id, as the shop
    /// tells them. Keyset paging: what changes meanwhile neither hides nor doubles a row.
    ///
    /// A row is stamped when it is written and seen when it is committed, and `updated_at` does not move with everything:
    /// ask with an overlap and know again what you have (contract 4). Throws `Diagnostic`.
    package func changed(
        since stamp: String, fields: String? = nil, _ visit: ([JSON]) async throws -> Void
    ) async throws {
        try await transport.pages(
            ["orders"], size, [SearchQuery.Filter("updated_at", .greaterOrEqual, stamp)], fields: fields, visit)
    }
}

/// Values for `in`, in lists that fit one URL.
enum SearchChunks {
    static func split(_ values: some Collection<String>, field: String) -> [SearchQuery.Filter] {
        SKUChunks.split(values).map { SearchQuery.Filter(field, $0.condition, $0.value) }
    }
}

extension ShopTransport {
    /// Every row of a search, by ascending entity id.
    func pages(
        _ path: [String], _ size: PageSize, _ filters: [SearchQuery.Filter], fields: String? = nil,
        _ visit: ([JSON]) async throws -> Void
    ) async throws {
        var last: Int?
        while true {
            let after = last.map { [SearchQuery.Filter("entity_id", .greater, String($0))] } ?? []
            var asked = 0
            let rows = try await search(path, size) { rows in
                asked = rows
                return SearchQuery(filters + after, sort: "entity_id", pageSize: rows, fields: fields)
            }
            if !rows.isEmpty { try await visit(rows) }
            guard rows.count >= asked else { return }
            guard let end = rows.last?["entity_id"]?.whole, end != last else { throw SalesDocument.malformed("A page of a search") }
            last = end
        }
    }

    func all(_ path: [String], _ size: PageSize, chunks: [SearchQuery.Filter], fields: String) async throws -> [JSON] {
        var all: [JSON] = []
        for chunk in chunks { try await pages(path, size, [chunk], fields: fields) { all += $0 } }
        return all
    }
}
