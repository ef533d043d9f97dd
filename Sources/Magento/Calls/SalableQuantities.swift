package import Domain

/// What the shop would still sell of each product: `inventory/export-stock-salable-qty`, the quantity of the sources and all reservations, whether an order
/// holds them or not. 4 ms a product on a live shop of two cores, half of that with two pages in flight.
package struct SalableQuantities: Sendable {
    package struct Row: Hashable, Sendable {
        package var sku: String
        package var quantity: ExactDecimal
    }

    private static let together = 2

    private let transport: any ShopTransport
    private let size: PageSize

    package init(_ transport: any ShopTransport, pageRows: Int = 500) {
        self.transport = transport
        size = PageSize(pageRows)
    }

    /// Every product of the website, page by page by number: one that comes or goes meanwhile may be seen twice or not at all. Throws `Diagnostic`.
    package func all(website: String, _ visit: ([Row]) async throws -> Void) async throws {
        var next = 1
        while true {
            // A page limit is learnt with the first page; from then on the pages are counted in that size.
            let numbers = next == 1 ? [1] : Array(next..<next + Self.together)
            let pages = try await inFlight(Self.together, numbers) { try await page(website, $0) }
            for page in pages where !page.rows.isEmpty { try await visit(page.rows) }
            // Its own total tells of the page only: the end is where one is not full.
            guard pages.allSatisfy(\.isFull) else { return }
            next += numbers.count
        }
    }

    /// Those of `skus` that the shop has. Throws `Diagnostic`.
    package func find(_ skus: [String], website: String) async throws -> [Row] {
        try await inFlight(Self.together, SKUChunks.split(skus)) { filter in
            try rows(try await transport.search(Self.path(website), size, root: .api) { SearchQuery([filter], sort: "sku", pageSize: $0) })
        }.flatMap { $0 }
    }

    private func page(_ website: String, _ number: Int) async throws -> (rows: [Row], isFull: Bool) {
        var asked = 0
        let items = try await transport.search(Self.path(website), size, root: .api) { rows in
            asked = rows
            return SearchQuery(sort: "sku", pageSize: rows, page: number)
        }
        return (try rows(items), items.count >= asked)
    }

    private static func path(_ website: String) -> [String] { ["inventory", "export-stock-salable-qty", "website", website] }

    private func rows(_ items: [JSON]) throws -> [Row] {
        try items.map { json in
            guard let sku = json["sku"]?.text, let quantity = json["qty"]?.decimal else {
                throw Diagnostic(
                    "SHOP-MALFORMED", "A salable quantity came without sku or qty", fix: "Look for a module that changes inventory answers",
                    kind: .transient)
            }
            return Row(sku: sku, quantity: quantity)
        }
    }
}
