package import Domain

/// Why the ERP's figures do not include an order that the shop reserves goods for. In the order of how far the order has come.
package enum OrderAbsence: UInt8, Comparable, Sendable {
    case unsent, refused, unanswered, later, unread, cancelled

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    var words: String {
        switch self {
        case .unsent: "not in the ERP's folder yet"
        case .refused: "refused by the ERP"
        case .unanswered: "not answered by the ERP"
        case .later: "taken by the ERP after these figures, or too shortly before them"
        case .unread: "not read by the ERP, by what the file says"
        case .cancelled: "cancelled by the ERP, and not in the shop yet"
        }
    }
}

/// Goods that the shop reserves for an order which the figures do not include: they are not written on top of the figures, so that the
/// shop subtracts them (reliability C4).
package struct OrderNotIncluded: Hashable, Sendable {
    package var order: String
    package var quantity: ExactDecimal
    package var absence: OrderAbsence

    package init(order: String, quantity: ExactDecimal, absence: OrderAbsence) {
        self.order = order
        self.quantity = quantity
        self.absence = absence
    }
}

extension OrderNotIncluded {
    /// Stands where a reservation has its source: no source's code begins so.
    private static let mark = "\u{0}"

    /// As it is stored, among the reservations.
    var entry: StockReservation { StockReservation(order: order, source: Self.mark + String(absence.rawValue), quantity: quantity) }

    /// `nil` where the entry is a reservation at a source.
    init?(_ entry: StockReservation) {
        guard entry.source.hasPrefix(Self.mark) else { return nil }
        let absence = UInt8(entry.source.dropFirst()).flatMap { OrderAbsence(rawValue: $0) } ?? .unsent
        self.init(order: entry.order, quantity: entry.quantity, absence: absence)
    }
}

extension [OrderNotIncluded] {
    /// `not added back: 2 of 000000105 (not answered by the ERP)`; `nil` where there is none.
    var words: String? {
        guard !isEmpty else { return nil }
        let named = prefix(6).map { "\($0.quantity) of \(Escaped($0.order, limit: 40)) (\($0.absence.words))" }
        return "not added back: " + (named + (count > 6 ? ["\(count - 6) more"] : [])).joined(separator: ", ")
    }
}
