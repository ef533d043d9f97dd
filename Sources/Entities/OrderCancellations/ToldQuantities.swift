import Domain

/// How many pieces of each row the ERP was told of, and what had been taken off in the shop by then: what a later cancellation is measured
/// against.
struct ToldQuantities: Hashable {
    struct Row: Hashable {
        /// What the ERP was told of.
        var quantity: ExactDecimal
        var canceled: ExactDecimal
        var refunded: ExactDecimal
    }

    /// By the rows' numbers in the shop.
    private(set) var rows: [Int: Row]

    init(_ order: Order) {
        rows = order.lines.reduce(into: [:]) { rows, line in
            rows[line.id] = Row(quantity: line.quantity, canceled: line.canceled, refunded: line.refunded)
        }
    }

    /// `nil` where it is in no form that this program writes.
    init?(_ bytes: EncodedValue) {
        rows = [:]
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let cells = line.split(separator: " ")
            let numbers = cells.dropFirst().compactMap { ExactDecimal(plain: String($0)) }
            guard numbers.count == 3, let id = Int(cells[0]) else { return nil }
            rows[id] = Row(quantity: numbers[0], canceled: numbers[1], refunded: numbers[2])
        }
    }

    var bytes: EncodedValue {
        let lines = rows.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.quantity) \($0.value.canceled) \($0.value.refunded)" }
        return Array(lines.joined(separator: "\n").utf8)
    }
}
