package import Domain
package import Magento

/// Looks once more at the orders behind a quantity, directly before it is sent: a person may have shipped or cancelled one since the
/// plan was made. What is less reserved by now is written less (contract: at the moment of writing).
package struct ReservedStockApplier: AbsoluteApplier {
    private let wrapped: any AbsoluteApplier
    private let orders: ReservedOrders
    private let sources: Set<String>

    package init(_ wrapped: any AbsoluteApplier, client: MagentoClient, sources: [String]) {
        self.wrapped = wrapped
        orders = ReservedOrders(client)
        self.sources = Set(sources)
    }

    package var batchSize: Int { get async { await wrapped.batchSize } }
    package var batchesInFlight: Int { get async { await wrapped.batchesInFlight } }
    package var fillingBatch: Int { get async { await wrapped.fillingBatch } }

    package func lookUp(_ keys: [RecordKey]) async throws -> [RecordKey: KeyLookup] { try await wrapped.lookUp(keys) }

    package func lookUp(_ unconfirmed: [UnconfirmedKey]) async throws -> [RecordKey: KeyLookup] { try await wrapped.lookUp(unconfirmed) }

    package func changedKeys(since moment: UTCInstant?, atMost limit: Int) async throws -> ChangedKeys? {
        try await wrapped.changedKeys(since: moment, atMost: limit)
    }

    package func observe(_ visit: @Sendable ([ObservedValue]) async throws -> Void) async throws { try await wrapped.observe(visit) }

    package func readWhole(keys: Int, _ visit: @Sendable ([ObservedValue]) async throws -> Void) async throws -> Bool {
        try await wrapped.readWhole(keys: keys, visit)
    }

    package func readBack(_ changes: [Change]) async throws -> [ObservedValue] { try await wrapped.readBack(changes) }

    package func apply(_ changes: [Change]) async throws -> [ChangeAnswer] {
        let planned = changes.map { try? StockValue(encoded: $0.after) }
        let numbers = Set(planned.flatMap { $0?.reserved ?? [] }.map(\.order)).sorted()
        var known: [String: ReservedOrder] = [:]
        if !numbers.isEmpty {
            do {
                for order in try await orders.find(numbers) { known[order.snapshot.incrementID] = order }
            } catch {
                return changes.map { _ in .deferred(SourceItemsApplier.diagnostic(error)) }
            }
        }
        let now = zip(changes, planned).map { change, value in value.map { present($0, key: change.key, known) } }
        let sent = zip(changes, now).map { change, value in
            var change = change
            if let value { change.after = value.encoded }
            change.before = change.before.map(withoutOwnLevels)
            return change
        }
        let answers = try await wrapped.apply(sent)
        return zip(zip(changes, sent), answers).map { pair, answer in
            guard case .applied(let evidence) = answer, pair.0.after != pair.1.after else { return answer }
            return .adjusted(to: pair.1.after, evidence: "\(evidence), less than planned: an order was shipped or cancelled meanwhile")
        }
    }

    /// Orders only ever give goods free: none that the figures did not include when the plan was made is added here.
    private func present(_ value: StockValue, key: RecordKey, _ orders: [String: ReservedOrder]) -> StockValue {
        let sku = RecordKey.folded((value.spelling ?? key).bytes[...])
        var left = orders.mapValues { ReservedGoods($0).open(of: sku) }
        var value = value
        for (index, reservation) in value.reserved.enumerated() {
            let quantity = min(reservation.quantity, left[reservation.order] ?? .zero)
            left[reservation.order] = (left[reservation.order] ?? .zero).subtracting(quantity) ?? .zero
            guard quantity != reservation.quantity, let less = reservation.quantity.subtracting(quantity),
                let level = value.levels.firstIndex(where: { $0.source == reservation.source }),
                let rest = value.levels[level].quantity.subtracting(less)
            else { continue }
            value.levels[level].quantity = max(.zero, rest)
            value.reserved[index].quantity = quantity
        }
        value.reserved.removeAll { $0.quantity.isZero }
        return value
    }

    /// What we wrote last is not what the shop holds, so each source of the flow is written anew.
    private func withoutOwnLevels(_ before: EncodedValue) -> EncodedValue {
        guard var value = try? StockValue(encoded: before) else { return before }
        value.levels.removeAll { sources.contains($0.source) }
        return value.encoded
    }
}
