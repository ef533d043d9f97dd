package import Domain

/// What the price entities have in common: a value is the list of a product's prices of one kind.
package protocol PriceListDefinition: EntityDefinition {
    static var kind: PriceKind { get }
    var rules: PriceRules { get }
    /// `rules.kind` has to be `kind`.
    init(_ rules: PriceRules)
}

extension PriceListDefinition {
    package var name: String { Self.kind.rawValue }
    package var fields: [EntityField] { Self.kind.columns.map(\.field) }

    package func makeInterpreter(asOf instant: UTCInstant) -> any RowInterpreter {
        PriceInterpreter(rules: rules, asOf: instant)
    }

    package func describe(_ value: EncodedValue) -> String {
        guard let value = try? PriceValue(encoded: value) else { return "(unreadable value)" }
        guard !value.isEmpty else { return "none" }
        return value.entries.map { entry in
            let slot = entry.slot.description
            let percent = if case .discount = entry.amount { " %" } else { "" }
            let dates = entry.window == .always ? "" : " \(entry.window.description(in: rules.terms.zone))"
            return (slot.isEmpty ? "" : slot + " ") + entry.amount.number.money + percent + dates
        }.joined(separator: ", ")
    }

    package func isAvailable(_ value: ArraySlice<UInt8>) -> Bool { Self.kind.isAvailable(try? PriceValue(encoded: value)) }

    package func spelled(_ value: EncodedValue, as spelling: RecordKey) -> EncodedValue {
        guard var prices = try? PriceValue(encoded: value) else { return value }
        prices.spelling = spelling
        return prices.encoded
    }

    package func isSatisfied(_ wanted: EncodedValue, by observed: EncodedValue) -> Bool {
        guard let wanted = try? PriceValue(encoded: wanted), let observed = try? PriceValue(encoded: observed) else { return false }
        switch Self.kind {
        case .base, .cost: return wanted.entries(differingFrom: observed).isEmpty
        case .tier, .special: return wanted.entries == observed.entries
        }
    }

    package func differences(_ wanted: EncodedValue, observed: EncodedValue) -> [ValueDifference] {
        guard !isSatisfied(wanted, by: observed), let wanted = try? PriceValue(encoded: wanted), let observed = try? PriceValue(encoded: observed)
        else { return [] }
        let foreign = Self.kind == .tier || Self.kind == .special ? observed.entries.filter { wanted[$0.slot] == nil } : []
        return wanted.entries(differingFrom: observed).map { entry in
            ValueDifference(
                place: entry.slot.description, wanted: entry.amount.number, observed: observed[entry.slot]?.amount.number)
        } + foreign.map { ValueDifference(place: $0.slot.description, wanted: nil, observed: $0.amount.number) }
    }

    /// Where nothing is known the shop had none of the kind, except that a product always has a price.
    package func restored(from change: Change) -> EncodedValue? {
        if let before = change.before { return before }
        switch Self.kind {
        case .base: return nil
        case .special, .tier, .cost:
            let spelling = (try? PriceValue(encoded: change.after))?.spelling
            return PriceValue(spelling: spelling).encoded
        }
    }
}
