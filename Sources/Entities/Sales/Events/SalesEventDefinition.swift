package import Domain

/// Despatches, invoices, credit notes or cancellations. The mirror holds each number for ever, with what was done under it.
package struct SalesEventDefinition: EntityDefinition {
    package let rules: SalesEventRules

    /// Which orders have left under which short references; without it orders go by their own numbers.
    private let books: (any OrderBooks)?

    package init(_ rules: SalesEventRules, books: (any OrderBooks)? = nil) {
        self.rules = rules
        self.books = books
    }

    package var name: String { rules.kind.rawValue }
    package var feed: EntityFeed { .events }
    package var fields: [EntityField] { rules.kind.fields.map { $0.entityField(of: rules.kind) } }

    package func makeInterpreter(asOf instant: UTCInstant) -> any RowInterpreter { SalesEventInterpreter(rules: rules, books: books) }

    package func describe(_ value: EncodedValue) -> String {
        (try? SalesEvent(encoded: value)).map(Self.describe) ?? "(unreadable value)"
    }

    /// `order 000000101: 2 × 00472-BLK from main, DPD 1550`
    static func describe(_ event: SalesEvent) -> String {
        var parts = event.lines.map { line in
            let what = line.sku ?? "row \(line.orderLine ?? "")"
            let place = line.source.map { " from \(Escaped($0, limit: 40))" } ?? ""
            let restock = line.isRestocked.map { $0 ? " back to stock" : " not back to stock" } ?? ""
            return "\(line.quantity) × \(Escaped(what, limit: 60))\(place)\(restock)"
        }
        parts += event.tracks.map { Escaped("\($0.carrier) \($0.number)".trimmingBlank, limit: 60).description }
        if let shipping = event.shipping, !shipping.isZero { parts.append("shipping \(shipping)") }
        if let adjustment = event.adjustment, !adjustment.isZero { parts.append("adjustment \(adjustment)") }
        if let reason = event.reason { parts.append("\"\(Escaped(reason, limit: 60))\"") }
        let order = "order \(Escaped(event.order, limit: 40))"
        return parts.isEmpty ? order : order + ": " + parts.joined(separator: ", ")
    }

    package func isAvailable(_ value: ArraySlice<UInt8>) -> Bool { false }
    package func spelled(_ value: EncodedValue, as spelling: RecordKey) -> EncodedValue { value }

    /// What was read back is the event itself, or nothing.
    package func isSatisfied(_ wanted: EncodedValue, by observed: EncodedValue) -> Bool { wanted == observed }

    /// Goods that have gone and letters that were sent are not taken back by a file.
    package func restored(from change: Change) -> EncodedValue? { nil }
}

extension String {
    fileprivate var trimmingBlank: String { first == " " ? String(dropFirst()) : self }
}
