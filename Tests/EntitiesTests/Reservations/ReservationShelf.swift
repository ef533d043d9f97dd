/// The shop's side of a history: what its staff and customers do with it, whatever holds its figures.
protocol ReservationShelf {
    var trade: ReservationTrade { get set }

    /// A customer orders, where there is enough.
    mutating func place()
    /// Whether the shop took it.
    mutating func ship(_ index: Int, _ quantity: Int64, from warehouse: Int) -> Bool
    /// Cancels or refunds what is open of an order.
    mutating func free(_ index: Int)
    /// Despatches of the ERP that wait are carried out: some of them, or all.
    mutating func post(all: Bool)
    /// Goods that a customer sends back, booked at both ends.
    mutating func takeBack()
}

extension ReservationShelf {
    mutating func happen() {
        switch trade.pick(17) {
        case 0...3: place()
        case 4: trade.export()
        case 5: trade.takeInSome()
        case 6: trade.answerSome()
        case 7: trade.despatch()
        case 8: post(all: false)
        case 9: trade.callOff()
        case 10: postCallingOff()
        case 11: shipByHand()
        case 12: callOffByHand()
        case 13: takeBack()
        case 14: trade.onHand[trade.pick(2)] += trade.below(8)
        case 15:
            let warehouse = trade.pick(2)
            trade.other[warehouse] = max(0, trade.other[warehouse] + trade.below(7) - 3)
        default: trade.write()
        }
    }

    mutating func postCallingOff(all: Bool = false) {
        for index in trade.unposted.sorted() where all || trade.below(2) > 0 {
            if trade.orders[index].open > 0, trade.orders[index].shipped == 0 || !trade.orders[index].isPaid { free(index) }
            trade.unposted.remove(index)
        }
    }

    mutating func shipByHand() {
        guard !trade.orders.isEmpty else { return }
        let index = trade.pick(trade.orders.count)
        guard trade.orders[index].open > 0 else { return }
        _ = ship(index, 1 + trade.below(trade.orders[index].open), from: trade.pick(2))
    }

    mutating func callOffByHand() {
        guard !trade.orders.isEmpty else { return }
        let index = trade.pick(trade.orders.count)
        guard trade.orders[index].open > 0, trade.orders[index].shipped == 0, trade.orders[index].refunded == 0 else { return }
        free(index)
    }
}
