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
    /// Reckons what is open from the counts alone: ordered less the larger of shipped and credited.
    private let byCounts: Bool
    /// From where an order last left.
    private var sources: [Int] = []

    init(seed: UInt64, byCounts: Bool = false) {
        self.byCounts = byCounts
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
        var order = ReservationTrade.Order(id: trade.orders.count, quantity: quantity, isPaid: trade.pick(2) == 0)
        if order.isPaid { order.invoice(trade.pick(3) == 0 ? 1 + trade.below(quantity) : quantity) }
        trade.orders.append(order)
        sources.append(0)
        reserved -= quantity
    }

    mutating func invoice(_ index: Int, _ quantity: Int64) { trade.orders[index].invoice(quantity) }

    mutating func ship(_ index: Int, _ quantity: Int64, from warehouse: Int) -> Bool {
        guard held[warehouse] >= quantity else { return false }
        held[warehouse] -= quantity
        reserved += quantity
        sources[index] = warehouse
        trade.orders[index].ship(quantity)
        return true
    }

    mutating func credit(_ index: Int, _ quantity: Int64, isRestocked: Bool) -> Bool {
        let waiting = trade.orders[index].credit(quantity)
        reserved += waiting
        held[sources[index]] += isRestocked ? quantity - waiting : -waiting
        return true
    }

    mutating func cancel(_ index: Int) { reserved += trade.orders[index].cancel() }

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

    // MARK: Stock

    private mutating func applyNewest() -> String? {
        guard let file = trade.files.last, file.asAt >= applied else { return nil }
        return apply(file)
    }

    private mutating func apply(_ file: ReservationTrade.File) -> String? {
        applied = file.asAt
        writes += 1
        var reserved: [StockCircumstance.Reserved] = []
        let events = trade.events(of: trade.credits)
        for index in trade.orders.indices where trade.orders[index].reserved != 0 {
            let isKnown = trade.isKnown(index, in: file)
            if isKnown, !file.included.contains(index) { return "order \(index) is taken as included and is not" }
            let goods = ReservedGoods(
                order: snapshot(trade.orders[index]), story: OrderStory(steps: trade.orders[index].steps), credits: events)
            let isIncluded = isKnown && !trade.unposted.contains(index)
            let rows = goods.open.map { isIncluded ? $0.quantity : $0.stray }
            let counted = isIncluded ? ExactDecimal(trade.orders[index].open) : .zero
            let quantity = byCounts ? counted : rows.first ?? .zero
            if !quantity.isZero { reserved.append(.init(order: trade.orders[index].number, quantity: quantity)) }
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
        // Below nothing no source is written: what the shop has freed too much is taken off as soon as there is something.
        if held == [0, 0], salable > target { return nil }
        return salable == target ? nil : "\(trade.watermark): \(salable) may be sold and \(target) should be, after step \(trade.now)"
    }

    private func snapshot(_ order: ReservationTrade.Order) -> OrderSnapshot {
        OrderSnapshot(
            id: order.id, incrementID: order.number, state: "processing", status: "processing",
            lines: [
                .init(
                    id: 1, sku: "A", ordered: ExactDecimal(order.quantity), invoiced: ExactDecimal(order.invoiced),
                    shipped: ExactDecimal(order.shipped),
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
            postCredits(all: true)
            post(all: true)
            trade.tick()
            trade.write()
            if let wrong = applyNewest() { return wrong }
        }
        let free = trade.files.last?.available.reduce(0, +) ?? 0
        return salable == free || held == [0, 0] && salable > free ? nil : "at rest \(salable) may be sold and \(free) are free"
    }
}
