package import Domain

/// At which source the goods of each order are written: the shop reserves per stock and ships per source, and refuses a shipment from
/// a source that holds too little.
///
/// What may be sold depends on the sum alone. Goods go to where the ERP has allocated goods, as far as it says so; the rest goes to
/// where most is free.
package enum ReservationShares {
    package struct Place: Hashable, Sendable {
        package var source: String
        package var allocated: ExactDecimal
        package var free: ExactDecimal

        package init(source: String, allocated: ExactDecimal, free: ExactDecimal) {
            self.source = source
            self.allocated = allocated
            self.free = free
        }
    }

    package static func assign(_ orders: [StockCircumstance.Reserved], to places: [Place]) -> [StockReservation] {
        guard !places.isEmpty else { return [] }
        var left = places.sorted { $0.source < $1.source }
        var shares: [StockReservation] = []
        for order in orders.sorted(by: { $0.order < $1.order }) {
            var wanted = order.quantity
            while wanted.isPositive {
                guard let best = left.indices.max(by: { isBehind(left[$0], left[$1]) }) else { break }
                let isLast = !left[best].allocated.isPositive
                let taken = isLast ? wanted : min(wanted, left[best].allocated)
                guard taken.isPositive, let rest = wanted.subtracting(taken) else { break }
                left[best].allocated = left[best].allocated.subtracting(taken) ?? .zero
                if isLast { left[best].allocated = .zero }
                shares.append(StockReservation(order: order.order, source: left[best].source, quantity: taken))
                wanted = rest
            }
        }
        return merged(shares).sorted()
    }

    private static func isBehind(_ left: Place, _ right: Place) -> Bool {
        (left.allocated, left.free) < (right.allocated, right.free)
            || (left.allocated, left.free) == (right.allocated, right.free) && left.source > right.source
    }

    private static func merged(_ shares: [StockReservation]) -> [StockReservation] {
        var merged: [StockReservation] = []
        var places: [String: [String: Int]] = [:]
        for share in shares {
            if let place = places[share.order]?[share.source], let sum = merged[place].quantity.adding(share.quantity) {
                merged[place].quantity = sum
            } else {
                places[share.order, default: [:]][share.source] = merged.count
                merged.append(share)
            }
        }
        return merged
    }
}
