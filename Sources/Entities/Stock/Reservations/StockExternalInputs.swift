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
    static let open = ["new", "pending_payment", "payment_review", "processing", "holded"]

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

    package func look(_ context: PlanContext) async throws -> ExternalInputs {
        guard let stores = try await stores() else { return ExternalInputs() }
        let (orders, seen) = try await ReservedOrders(client).sweep(.init(states: Self.open, stores: stores))
        var touched: [RecordKey: String] = [:]
        func touch(_ order: ReservedOrder) { for line in order.snapshot.lines { touched[Self.folded(line.sku)] = line.sku } }
        orders.forEach(touch)
        var closed: [ReservedOrder] = []
        if let since = context.since {
            let changed = OrderSearch.Range(changedSince: since.adding(.zero - Self.overlap), stores: stores)
            let recent = try await ReservedOrders(client).sweep(changed).orders
            recent.forEach(touch)
            closed = recent.filter { !Self.open.contains($0.snapshot.state) }
        }
        var values: [RecordKey: StockCircumstance] = [:]
        func note(_ items: [SourceItem]) {
            for item in items {
                let level = StockLevel(source: item.source, quantity: item.quantity, isInStock: item.isInStock)
                values[Self.folded(item.sku), default: StockCircumstance(held: [])].held.append(level)
            }
        }
        for key in touched.keys { values[key] = StockCircumstance(held: []) }
        if context.since == nil {
            // Nobody has kept up with what was shipped before.
            try await client.sourceItems.all(sources: sources) { note($0) }
        } else {
            note(try await client.sourceItems.find(touched.values.sorted(), sources: sources))
        }
        try noteReserved(orders + closed, context, in: &values)
        return ExternalInputs(values: values.mapValues(\.encoded), seen: seen)
    }

    /// Empty: all; `nil`: none sells from these sources.
    private func stores() async throws -> [Int]? {
        switch rule.stores {
        case .all: return []
        case .some(let stores): return stores
        case .ofSources:
            let own = Set(sources)
            let stocks = Set(try await client.inventory.links().filter { own.contains($0.source) }.map(\.stockID))
            let all = try await client.inventory.stocks()
            let codes = Set(all.filter { stocks.contains($0.id) }.flatMap(\.websites))
            guard codes != Set(all.flatMap(\.websites)) else { return [] }
            let websites = Set(try await client.stores.websites().filter { codes.contains($0.code) }.map(\.id))
            let stores = try await client.stores.views().filter { websites.contains($0.website) }.map(\.id)
            return stores.isEmpty ? nil : stores
        }
    }

    /// Per product, the orders that the figures include and the shop still holds goods for, and of all others what is reserved by mistake:
    /// that is none of the ERP's business. What remains of them is not included, and said to be so.
    private func noteReserved(_ orders: [ReservedOrder], _ context: PlanContext, in values: inout [RecordKey: StockCircumstance]) throws {
        let departures = try books.departures(of: orders.map { RecordKey($0.snapshot.incrementID) })
        let claims = try context.claims.map { try books.departures(claimed: $0) }
        let unposted = try books.unposted()
        let credits = unposted.credits.compactMap { try? SalesEvent(encoded: $0) }
        for order in orders.sorted(by: { $0.snapshot.incrementID < $1.snapshot.incrementID }) {
            let number = RecordKey(order.snapshot.incrementID)
            let absence =
                unposted.cancelled.contains(number)
                ? .cancelled : rule.absence(departures[number] ?? [], asAt: context.asAt, claims: claims)
            var sums: [RecordKey: (counted: ExactDecimal, left: ExactDecimal)] = [:]
            for row in ReservedGoods(order, credits: credits).open {
                let key = Self.folded(row.sku)
                let counted = absence == nil ? row.quantity : row.stray
                let left = row.quantity.subtracting(counted) ?? .zero
                let sum = sums[key] ?? (.zero, .zero)
                sums[key] = (sum.counted.adding(counted) ?? sum.counted, sum.left.adding(left) ?? sum.left)
            }
            let name = order.snapshot.incrementID
            for (key, sum) in sums {
                if !sum.counted.isZero { values[key, default: .init(held: [])].reserved.append(.init(order: name, quantity: sum.counted)) }
                guard let absence, !sum.left.isZero else { continue }
                values[key, default: .init(held: [])].notIncluded.append(.init(order: name, quantity: sum.left, absence: absence))
            }
        }
    }

    static func folded(_ sku: String) -> RecordKey { RecordKey(RecordKey.folded(Array(sku.utf8)[...])) }
}
