package import Domain

/// A plan of one kind of prices, or an even share of it, decoded: the rows that would be written, and the losses.
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

    package let kind: PriceKind
    package private(set) var rows: [Row] = []
    /// Of each product that would lose prices, one of them.
    package private(set) var losses: [Row] = []
    /// Products of which the shop holds prices of the kind, the file's or not.
    package var known: Int

    /// - Parameter known: how many products the mirror has, or the same share of them as of the plan's changes.
    package init(kind: PriceKind, known: Int) {
        self.kind = kind
        self.known = known
    }

    /// The products whose present prices `ShopPrices` should know.
    package var skus: Set<RecordKey> { Set(rows.map(\.sku)) }

    /// Adds one planned change. A value that cannot be read is nothing that could be sent.
    package mutating func add(_ change: Change) {
        guard let after = try? PriceValue(encoded: change.after) else { return }
        let before = change.before.flatMap { try? PriceValue(encoded: $0) }
        for entry in after.entries(differingFrom: before) {
            rows.append(Row(sku: change.key, slot: entry.slot, amount: entry.amount, before: before?[entry.slot]?.amount))
        }
        if let lost = before?.entries.first(where: { after[$0.slot] == nil }) {
            losses.append(Row(sku: change.key, slot: lost.slot, amount: lost.amount))
        }
    }
}
