package import Domain
package import Magento

/// Reads which goods the shop reserves for orders that the ERP's figures have left out already, and what it holds of the products
/// that orders have touched.
///
/// What a source holds is read and not remembered: each shipment in the shop takes goods off it, whoever made it, so what we wrote
/// last is not what is there.
package struct StockCircumstances: PlanCircumstances {
    /// A row is stamped when it is written and seen when it is committed.
    private static let overlap = Duration.seconds(600)
    /// States in which goods may be reserved.
    private static let open = ["new", "pending_payment", "payment_review", "processing", "holded"]

    private let client: MagentoClient
    private let sources: [String]
    private let rule: ReservationRule
    private let books: any OrderBooks

    package init(client: MagentoClient, sources: [String], rule: ReservationRule, books: any OrderBooks) {
        self.client = client
        self.sources = sources
        self.rule = rule
        self.books = books
    }

    package func look(_ occasion: PlanOccasion) async throws -> Circumstances {
        let (orders, seen) = try await ReservedOrders(client).sweep(.init(states: Self.open, stores: rule.stores))
        var touched: [RecordKey: String] = [:]
        func touch(_ order: OrderSnapshot) { for line in order.lines { touched[Self.folded(line.sku)] = line.sku } }
        orders.forEach(touch)
        if let since = occasion.since {
            let changed = OrderSearch.Range(changedSince: since.adding(.zero - Self.overlap), stores: rule.stores)
            try await ReservedOrders(client).sweep(changed).orders.forEach(touch)
        }
        var values: [RecordKey: StockCircumstance] = [:]
        func note(_ items: [SourceItem]) {
            for item in items {
                let level = StockLevel(source: item.source, quantity: item.quantity, isInStock: item.isInStock)
                values[Self.folded(item.sku), default: StockCircumstance(held: [])].held.append(level)
            }
        }
        for key in touched.keys { values[key] = StockCircumstance(held: []) }
        if occasion.since == nil {
            // Nobody has kept up with what was shipped before.
            try await client.sourceItems.all(sources: sources) { note($0) }
        } else {
            note(try await client.sourceItems.find(touched.values.sorted(), sources: sources))
        }
        for (key, reserved) in try reserved(orders, occasion) { values[key, default: StockCircumstance(held: [])].reserved = reserved }
        return Circumstances(values: values.mapValues(\.encoded), seen: seen)
    }

    /// Per product, the orders that the figures include and the shop still holds goods for.
    private func reserved(
        _ orders: [OrderSnapshot], _ occasion: PlanOccasion
    ) throws -> [RecordKey: [StockCircumstance.Reserved]] {
        let departures = try books.departures(of: orders.map { RecordKey($0.incrementID) })
        let claims = try occasion.claims.map { try books.departures(claimed: $0) }
        let unposted = try books.unposted()
        let credits = unposted.credits.compactMap { try? SalesEvent(encoded: $0) }
        var reserved: [RecordKey: [StockCircumstance.Reserved]] = [:]
        for order in orders.sorted(by: { $0.incrementID < $1.incrementID }) {
            let number = RecordKey(order.incrementID)
            guard let left = departures[number], rule.includes(left, asAt: occasion.asAt, claims: claims),
                !unposted.cancelled.contains(number)
            else { continue }
            var sums: [RecordKey: ExactDecimal] = [:]
            for row in ReservedGoods(order: order, credits: credits).open {
                let key = Self.folded(row.sku)
                sums[key] = (sums[key] ?? .zero).adding(row.quantity) ?? sums[key]
            }
            for (key, quantity) in sums { reserved[key, default: []].append(.init(order: order.incrementID, quantity: quantity)) }
        }
        return reserved
    }

    static func folded(_ sku: String) -> RecordKey { RecordKey(RecordKey.folded(Array(sku.utf8)[...])) }
}
