package import Domain
package import Magento

/// Which quantities at our sources shipments and credit memos have moved: those of the products of open and recently changed orders.
///
/// A second shipment does not move an order's `updated_at`, so the open ones are always among them. A credential that may not read
/// orders has everything read instead.
package struct StockMovements: ShopMovements {
    /// A row is stamped when it is written and seen when it is committed.
    private static let overlap = Duration.seconds(600)

    private let client: MagentoClient
    private let sources: [String]

    package init(client: MagentoClient, sources: [String]) {
        self.client = client
        self.sources = sources
    }

    package func look(since: UTCInstant?, _ visit: @Sendable ([ObservedValue]) async throws -> Void) async throws -> UTCInstant? {
        let touched: (skus: Set<String>, seen: UTCInstant?)
        do {
            touched = try await orders(since: since)
        } catch let diagnostic as Diagnostic where diagnostic.code == "SHOP-PERMISSION" {
            try await client.sourceItems.all(sources: sources) { try await visit(Self.values($0)) }
            return nil
        }
        guard since != nil else {
            try await client.sourceItems.all(sources: sources) { try await visit(Self.values($0)) }
            return touched.seen
        }
        let items = try await client.sourceItems.find(touched.skus.sorted(), sources: sources)
        if !items.isEmpty { try await visit(Self.values(items)) }
        return touched.seen
    }

    private func orders(since: UTCInstant?) async throws -> (skus: Set<String>, seen: UTCInstant?) {
        let orders = ReservedOrders(client)
        let open = try await orders.sweep(.init(states: StockCircumstances.open))
        var skus = Set(open.orders.flatMap(\.snapshot.lines).map(\.sku))
        if let since {
            let changed = try await orders.sweep(.init(changedSince: since.adding(.zero - Self.overlap)))
            skus.formUnion(changed.orders.flatMap(\.snapshot.lines).map(\.sku))
        }
        return (skus, open.seen)
    }

    private static func values(_ items: [SourceItem]) -> [ObservedValue] {
        var levels: [RecordKey: [StockLevel]] = [:]
        for item in items {
            let level = StockLevel(source: item.source, quantity: item.quantity, isInStock: item.isInStock)
            levels[RecordKey(item.sku), default: []].append(level)
        }
        return levels.map { ObservedValue(key: $0.key, value: StockValue(levels: $0.value).encoded) }
    }
}
