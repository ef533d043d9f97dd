import Domain
import Magento

@testable import Entities

/// The shop's side of a history in whole numbers: what its sources hold and what it reserves. What is written is reckoned by the law.
struct FastShelf: ReservationShelf {
    var trade: ReservationTrade
    var held: [Int64] = [0, 0]
    var reserved: Int64 = 0
    var applied = -1
    var writes = 0
    var refusedShipments = 0

    init(seed: UInt64) {
        trade = ReservationTrade(seed: seed)
        held = [max(0, trade.onHand[0] - trade.other[0]), max(0, trade.onHand[1] - trade.other[1])]
    }

    var salable: Int64 { held[0] + held[1] + reserved }

    /// Answers what is wrong, if anything.
    mutating func live(steps: Int) -> String? {
        for _ in 0..<steps {
            trade.tick()
            happen()
            if trade.pick(8) == 0, let wrong = applyNewest() { return wrong }
        }
        return rest()
    }

    mutating func place() {
        let quantity = 1 + trade.below(4)
        guard salable >= quantity else { return }
        trade.orders.append(.init(id: trade.orders.count, quantity: quantity, isPaid: trade.pick(2) == 0))
        reserved -= quantity
    }

    mutating func ship(_ index: Int, _ quantity: Int64, from warehouse: Int) -> Bool {
        guard held[warehouse] >= quantity else { return false }
        held[warehouse] -= quantity
        reserved += quantity
        trade.orders[index].shipped += quantity
        return true
    }

    mutating func post(all: Bool = false) {
        trade.despatches = trade.despatches.filter { despatch in
            guard all || trade.below(2) > 0 else { return true }
            // What is shipped or called off already waits for a person, not for us.
            guard despatch.quantity <= trade.orders[despatch.order].open else { return false }
            guard !ship(despatch.order, despatch.quantity, from: despatch.warehouse) else { return false }
            refusedShipments += 1
            return true
        }
    }

    mutating func free(_ index: Int) {
        reserved += trade.orders[index].open
        if trade.orders[index].isPaid {
            trade.orders[index].refunded = trade.orders[index].quantity
        } else {
            trade.orders[index].canceled += trade.orders[index].open
        }
    }

    /// Goods that a customer sends back, booked at both ends.
    mutating func takeBack() {
        guard let index = trade.orders.indices.first(where: { trade.orders[$0].isPaid && trade.orders[$0].shipped > trade.orders[$0].refunded })
        else { return }
        let quantity = 1 + trade.below(trade.orders[index].shipped - trade.orders[index].refunded)
        trade.orders[index].refunded += quantity
        held[trade.orders[index].warehouse] += quantity
        trade.onHand[trade.orders[index].warehouse] += quantity
    }

    // MARK: Stock

    private mutating func applyNewest() -> String? {
        guard let file = trade.files.last, file.asAt >= applied else { return nil }
        return apply(file)
    }

    private mutating func apply(_ file: ReservationTrade.File) -> String? {
        applied = file.asAt
        writes += 1
        var reserved: [StockCircumstance.Reserved] = []
        for index in trade.orders.indices where trade.orders[index].open > 0 {
            guard trade.isKnown(index, in: file) else { continue }
            if !file.included.contains(index) { return "order \(index) is taken as included and is not" }
            guard !trade.unposted.contains(index) else { continue }
            let goods = ReservedGoods(order: snapshot(trade.orders[index])).open(of: Array("a".utf8))
            reserved.append(.init(order: trade.orders[index].number, quantity: goods))
        }
        let places = ReservationTrade.sources.indices.map { warehouse in
            ReservationShares.Place(
                source: ReservationTrade.sources[warehouse], allocated: ExactDecimal(file.allocated[warehouse]),
                free: ExactDecimal(file.available[warehouse]))
        }
        let shares = ReservationShares.assign(reserved, to: places)
        for warehouse in held.indices {
            held[warehouse] = file.available[warehouse] + (shares.sum(at: ReservationTrade.sources[warehouse])?.coefficient ?? 0)
        }
        let target = trade.target(file)
        return salable == target ? nil : "\(trade.watermark): \(salable) may be sold and \(target) should be, after step \(trade.now)"
    }

    private func snapshot(_ order: ReservationTrade.Order) -> OrderSnapshot {
        OrderSnapshot(
            id: order.id, incrementID: order.number, state: "processing", status: "processing",
            lines: [
                .init(
                    id: 1, sku: "A", ordered: ExactDecimal(order.quantity), shipped: ExactDecimal(order.shipped),
                    refunded: ExactDecimal(order.refunded), canceled: ExactDecimal(order.canceled))
            ])
    }

    /// Everything that is under way comes to its end; then the ERP's free goods and the shop's are the same.
    private mutating func rest() -> String? {
        trade.tick()
        trade.export()
        trade.takeInSome(all: true)
        trade.answerSome(all: true)
        trade.now += ReservationTrade.lag
        for _ in 0..<2 {
            postCallingOff(all: true)
            post(all: true)
            trade.tick()
            trade.write()
            if let wrong = applyNewest() { return wrong }
        }
        let free = trade.files.last?.available.reduce(0, +) ?? 0
        return salable == free ? nil : "at rest \(salable) may be sold and \(free) are free"
    }
}
