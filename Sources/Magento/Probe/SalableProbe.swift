import Domain

/// Looks whether products that sources hold can be sold. What the shop sells is decided by its index and by reservations of orders; a
/// product that fell out of the index stands at its source and sells to nobody.
package struct SalableProbe: Sendable {
    package struct Finding: Hashable, Sendable {
        /// Products with stock at a source that is sold somewhere.
        package var held = 0
        package var unsalable: [String] = []
    }

    private let client: MagentoClient

    package init(_ client: MagentoClient) { self.client = client }

    /// One call for each SKU and stock: for a sample. Throws `Diagnostic`.
    package func look(_ skus: [String], sources: [String]) async throws -> Finding {
        let stocks = Set(try await client.inventory.stocks().filter { !$0.websites.isEmpty }.map(\.id))
        let links = try await client.inventory.links().filter { stocks.contains($0.stockID) }
        let items = try await client.sourceItems.find(skus, sources: sources).filter { $0.isInStock && $0.quantity.isPositive }
        var finding = Finding()
        for (sku, held) in Dictionary(grouping: items, by: \.sku).sorted(by: { $0.key < $1.key }) {
            let own = Set(links.filter { link in held.contains { $0.source == link.source } }.map(\.stockID))
            guard !own.isEmpty else { continue }
            finding.held += 1
            for stock in own.sorted() where try await !isSalable(sku, stock) {
                finding.unsalable.append(sku)
                break
            }
        }
        return finding
    }

    private func isSalable(_ sku: String, _ stock: Int) async throws -> Bool {
        let call = ShopCall(
            .get, ["inventory", "is-product-salable", sku, String(stock)], route: "inventory/is-product-salable/:sku/:stock", effect: .read, expects: .flag)
        return try await client.transport.send(call).payload().json == .bool(true)
    }
}
