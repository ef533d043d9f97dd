package import Domain

/// A whole plan of one kind of prices, decoded: every row that would be written, and every one that would go.
package struct PricePlanSheet: Sendable {
    package struct Row: Hashable, Sendable {
        package var sku: RecordKey
        package var slot: PriceEntry.Slot
        package var amount: PriceEntry.Amount
        /// What the shop holds in its place.
        package var before: PriceEntry.Amount?

        package init(sku: RecordKey, slot: PriceEntry.Slot, amount: PriceEntry.Amount, before: PriceEntry.Amount? = nil) {
            self.sku = sku
            self.slot = slot
            self.amount = amount
            self.before = before
        }

        var fixed: ExactDecimal? { if case .fixed(let price) = amount { price } else { nil } }
    }

    /// How many rows there are of one kind, with one of them.
    package struct Share: Hashable, Sendable {
        package var count: Int
        package var example: Row
    }

    /// Whom rows are for: what tells those that guests see.
    package struct Audience: Hashable, Sendable {
        package var place: PricePlace
        package var group: String
    }

    /// More rows than this say nothing new of a plan as a whole.
    private static let largestSample = 20_000

    package let kind: PriceKind
    /// Every row, counted by whom it is for.
    package private(set) var audiences: [Audience: Share] = [:]
    /// Evenly spread over the plan; all of a small one.
    package private(set) var sample: [Row] = []
    /// Rows that would go away, with one of them.
    package private(set) var removed: Share?
    /// Prices of the kind that the shop holds of all products together, the file's or not.
    package var known: Int
    private var seen = 0
    private var stride = 1

    /// - Parameter known: how many prices of the kind the mirror has.
    package init(kind: PriceKind, known: Int) {
        self.kind = kind
        self.known = known
    }

    /// The products whose present prices `ShopPrices` should know.
    package var skus: Set<RecordKey> { Set(sample.map(\.sku)) }

    /// Adds one planned change. A value that cannot be read is nothing that could be sent.
    package mutating func add(_ change: Change) {
        guard let after = try? PriceValue(encoded: change.after) else { return }
        let before = change.before.flatMap { try? PriceValue(encoded: $0) }
        for entry in after.entries(differingFrom: before) {
            add(Row(sku: change.key, slot: entry.slot, amount: entry.amount, before: before?[entry.slot]?.amount))
        }
        for entry in before?.entries ?? [] where after[entry.slot] == nil {
            let row = Row(sku: change.key, slot: entry.slot, amount: entry.amount)
            removed = Share(count: (removed?.count ?? 0) + 1, example: removed?.example ?? row)
        }
    }

    private mutating func add(_ row: Row) {
        let audience = Audience(place: row.slot.place, group: row.slot.group)
        audiences[audience, default: Share(count: 0, example: row)].count += 1
        if seen.isMultiple(of: stride) { sample.append(row) }
        seen += 1
        guard sample.count > Self.largestSample else { return }
        sample = sample.enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element)
        stride *= 2
    }
}
