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

    /// `5 of 000000101, 3 of 000000102`
    func words(at source: String) -> String {
        let here = filter { $0.source == source }
        let named = here.prefix(6).map { "\($0.quantity) of \(Escaped($0.order, limit: 40))" }
        return (named + (here.count > 6 ? ["\(here.count - 6) more"] : [])).joined(separator: ", ")
    }
}
