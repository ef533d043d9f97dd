/// The shop's side of a history: what its staff and customers do with it, whatever holds its figures.
protocol ReservationShelf {
    var trade: ReservationTrade { get set }

    /// A customer orders, where there is enough.
    mutating func place()
    /// Whether the shop took it.
    mutating func ship(_ index: Int, _ quantity: Int64, from warehouse: Int) -> Bool
    mutating func invoice(_ index: Int, _ quantity: Int64)
    /// Whether the shop took it. Returned goods that had left lie at the ERP's place from where they had left.
    @discardableResult
    mutating func credit(_ index: Int, _ quantity: Int64, isRestocked: Bool) -> Bool
    /// Cancels what is neither shipped nor invoiced.
    mutating func cancel(_ index: Int)
    /// Despatches of the ERP that wait are carried out: some of them, or all.
    mutating func post(all: Bool)
}

extension ReservationShelf {
    mutating func happen() {
        switch trade.pick(21) {
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
        case 13: creditByHand()
        case 14: trade.creditPart()
        case 15: postCredits()
        case 16: invoiceByHand()
        case 17: takeBack()
        case 18: trade.onHand[trade.pick(2)] += trade.below(8)
        case 19:
            let warehouse = trade.pick(2)
            trade.other[warehouse] = max(0, trade.other[warehouse] + trade.below(7) - 3)
        default: trade.write()
        }
    }

    /// Cancels or credits all that is left of an order.
    mutating func free(_ index: Int) {
        if trade.orders[index].creditable > 0 { credit(index, trade.orders[index].creditable, isRestocked: true) }
        if trade.orders[index].quantity > trade.orders[index].invoiced { cancel(index) }
    }

    mutating func postCallingOff(all: Bool = false) {
        for index in trade.unposted.sorted() where all || trade.below(2) > 0 {
            if trade.orders[index].open > 0, trade.orders[index].shipped == 0 || !trade.orders[index].isPaid { free(index) }
            trade.unposted.remove(index)
        }
    }

    mutating func postCredits(all: Bool = false) {
        for note in trade.credits where all || trade.below(2) > 0 {
            // What the shop refuses waits for a person, not for us.
            if note.quantity <= trade.orders[note.order].creditable { credit(note.order, note.quantity, isRestocked: note.isRestocked) }
            trade.credits.removeAll { $0.number == note.number }
        }
    }

    mutating func shipByHand() {
        guard let index = anyOrder(), trade.orders[index].open > 0 else { return }
        _ = ship(index, 1 + trade.below(trade.orders[index].open), from: trade.pick(2))
    }

    /// As `shipByHand`, and nothing that a credit memo has freed: what nobody could know before the next look.
    mutating func shipReservedByHand() {
        guard let index = anyOrder() else { return }
        let most = min(trade.orders[index].open, trade.orders[index].reserved)
        if most > 0 { _ = ship(index, 1 + trade.below(most), from: trade.pick(2)) }
    }

    mutating func callOffByHand() {
        guard let index = anyOrder() else { return }
        guard trade.orders[index].open > 0, trade.orders[index].shipped == 0, trade.orders[index].refunded == 0 else { return }
        free(index)
    }

    /// Staff credit some of an order, whether it has left or not, and say as they like whether it is for sale again.
    mutating func creditByHand() {
        guard let index = anyOrder(), trade.orders[index].creditable > 0 else { return }
        credit(index, 1 + trade.below(trade.orders[index].creditable), isRestocked: trade.pick(2) == 0)
    }

    mutating func invoiceByHand() {
        guard let index = anyOrder(), trade.orders[index].isPaid else { return }
        let left = trade.orders[index].quantity - trade.orders[index].invoiced - trade.orders[index].canceled
        if left > 0 { invoice(index, 1 + trade.below(left)) }
    }

    /// Goods that a customer sends back, booked at both ends.
    mutating func takeBack() {
        guard
            let index = trade.orders.indices.first(where: {
                min(trade.orders[$0].shipped - trade.orders[$0].refunded, trade.orders[$0].creditable) > 0
            })
        else { return }
        let order = trade.orders[index]
        let quantity = 1 + trade.below(min(order.shipped - order.refunded, order.creditable))
        if credit(index, quantity, isRestocked: true) { trade.onHand[order.warehouse] += quantity }
    }

    private mutating func anyOrder() -> Int? { trade.orders.isEmpty ? nil : trade.pick(trade.orders.count) }
}
