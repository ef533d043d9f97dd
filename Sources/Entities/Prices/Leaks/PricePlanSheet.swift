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

    package struct Removed: Hashable, Sendable {
        package var sku: RecordKey
        package var slot: PriceEntry.Slot
    }

    package let kind: PriceKind
    package private(set) var rows: [Row] = []
    package private(set) var removed: [Removed] = []
    /// Prices of the kind that the shop holds of all products together, the file's or not.
    package var known: Int

    /// - Parameter known: how many prices of the kind the mirror has.
    package init(kind: PriceKind, known: Int) {
        self.kind = kind
        self.known = known
    }

    /// Adds one planned change. A value that cannot be read is nothing that could be sent.
    package mutating func add(_ change: Change) {
        guard let after = try? PriceValue(encoded: change.after) else { return }
        let before = change.before.flatMap { try? PriceValue(encoded: $0) }
        for entry in after.entries(differingFrom: before) {
            rows.append(Row(sku: change.key, slot: entry.slot, amount: entry.amount, before: before?[entry.slot]?.amount))
        }
        for entry in before?.entries ?? [] where after[entry.slot] == nil {
            removed.append(Removed(sku: change.key, slot: entry.slot))
        }
    }
}
