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
        let owed = orders.filter(\.quantity.isNegative)
        let orders = orders.filter { !$0.quantity.isNegative }
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
        return merged(shares + deduct(owed, from: places, with: shares)).sorted()
    }

    /// What the shop has freed too much is taken off where most is free, never below nothing. What no place has room for is kept under no
    /// source until there is.
    private static func deduct(
        _ owed: [StockCircumstance.Reserved], from places: [Place], with shares: [StockReservation]
    ) -> [StockReservation] {
        var room = places.map { place in
            (source: place.source, free: place.free.adding(shares.sum(at: place.source) ?? .zero) ?? place.free)
        }
        var taken: [StockReservation] = []
        for order in owed.sorted(by: { $0.order < $1.order }) {
            var rest = ExactDecimal.zero.subtracting(order.quantity) ?? .zero
            for index in room.indices.sorted(by: { (room[$1].free, room[$0].source) < (room[$0].free, room[$1].source) })
            where rest.isPositive && room[index].free.isPositive {
                let part = min(rest, room[index].free)
                room[index].free = room[index].free.subtracting(part) ?? .zero
                rest = rest.subtracting(part) ?? .zero
                taken.append(StockReservation(order: order.order, source: room[index].source, quantity: .zero.subtracting(part) ?? .zero))
            }
            if rest.isPositive { taken.append(StockReservation(order: order.order, source: "", quantity: .zero.subtracting(rest) ?? .zero)) }
        }
        return taken
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
