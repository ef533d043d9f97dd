package import Domain

/// Goods that the shop reserves for an order which the ERP's figure has left out already: they are written on top of the figure,
/// so that the shop subtracts them from what is theirs.
package struct StockReservation: Hashable, Sendable, Comparable {
    package var order: String
    package var source: String
    package var quantity: ExactDecimal

    package init(order: String, source: String, quantity: ExactDecimal) {
        self.order = order
        self.source = source
        self.quantity = quantity
    }

    package static func < (left: Self, right: Self) -> Bool { (left.order, left.source) < (right.order, right.source) }

    func encode(into bytes: inout [UInt8]) {
        ByteWriter.text(order, into: &bytes)
        ByteWriter.text(source, into: &bytes)
        ByteWriter.decimal(quantity, into: &bytes)
    }

    init(from reader: inout ByteReader) throws {
        order = try reader.text()
        source = try reader.text()
        quantity = try reader.decimal()
    }
}

extension [StockReservation] {
    /// What is reserved at one source; `nil` where the sum leaves the range of exact decimals.
    package func sum(at source: String) -> ExactDecimal? {
        reduce(ExactDecimal.zero) { sum, reservation in
            reservation.source == source ? sum?.adding(reservation.quantity) : sum
        }
    }

    /// `and 8 for open orders that the ERP has (5 of 000000101, 3 of 000000102)`, `less 1 that was shipped after it had been credited (…)`
    func words(at source: String) -> String {
        let here = filter { $0.source == source }
        let held = here.filter { !$0.quantity.isNegative }
        let owed = here.filter(\.quantity.isNegative).map {
            Self.Element(order: $0.order, source: source, quantity: .zero.subtracting($0.quantity) ?? .zero)
        }
        let parts = [
            held.isEmpty ? nil : "and \(held.total) for open orders that the ERP has (\(held.names))",
            owed.isEmpty ? nil : "less \(owed.total) that the shop let leave after a credit memo had freed it (\(owed.names))",
        ]
        return parts.compactMap { $0 }.joined(separator: ", ")
    }

    private var total: ExactDecimal { reduce(.zero) { $0.adding($1.quantity) ?? $0 } }

    private var names: String {
        let named = prefix(6).map { "\($0.quantity) of \(Escaped($0.order, limit: 40))" }
        return (named + (count > 6 ? ["\(count - 6) more"] : [])).joined(separator: ", ")
    }
}

extension StockValue {
    /// The same under no source: where nothing is left, nothing can be taken off.
    var owed: [StockReservation] { owed(besides: []).map { StockReservation(order: $0.order, source: "", quantity: $0.quantity) } }

    /// What the shop has freed too much of orders that are closed by now: nothing that it tells of them will change that.
    ///
    /// - Parameter told: what was read of the shop now; it is truer than what was remembered.
    func owed(besides told: [StockCircumstance.Reserved]) -> [StockCircumstance.Reserved] {
        var owed: [String: ExactDecimal] = [:]
        for share in reserved where share.quantity.isNegative && !told.contains(where: { $0.order == share.order }) {
            owed[share.order] = (owed[share.order] ?? .zero).adding(share.quantity)
        }
        return owed.sorted { $0.key < $1.key }.map { .init(order: $0.key, quantity: $0.value) }
    }
}
