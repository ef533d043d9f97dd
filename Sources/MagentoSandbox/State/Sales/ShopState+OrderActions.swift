extension ShopState {
    /// False where the order cannot be cancelled any more.
    mutating func cancel(_ id: Int, now: Int64) throws(ShopError) -> Bool {
        guard let order = sales[id] else { throw .unknownEntity }
        guard ![.paymentReview, .holded, .canceled, .complete, .closed].contains(order.state), !order.isAllInvoiced else { return false }
        let stamp = ShopClock.stamp(now)
        let freed = order.lines.filter(\.isShippedByItself).flatMap { order.leaves(of: $0, $0.openToCancel) }
        for leaf in freed where order.hasReservations && leaf.quantity > .zero {
            reserve(leaf.quantity, product: leaf.productID, stock: order.stockID)
        }
        let statuses = orderStatuses
        sales.update(id) { order in
            let hasSettled = order.lines.contains { $0.openToRefund > .zero }
            let hasMoreToShip = order.lines.contains { $0.openToShip > $0.openToCancel }
            order.state = !hasSettled ? .canceled : hasMoreToShip ? .processing : .complete
            let state = order.state
            order.status = statuses.first { $0.state == state }?.code ?? state.rawValue
            var sums = SalesOrder.Settled()
            for index in order.lines.indices {
                let line = order.lines[index]
                if line.isCharged {
                    sums.subtotal += line.price.times(line.openToCancel)
                    sums.discount += line.discount.share(line.openToCancel, of: line.ordered)
                    sums.tax += line.tax.share(line.openToCancel, of: line.ordered)
                }
                order.lines[index].canceled += line.openToCancel
                order.lines[index].updatedAt = stamp
            }
            if order.invoicedSums == nil {
                sums.shipping = order.shippingAmount
                sums.shippingTax = order.shippingTax
                sums.tax += order.shippingTax
            }
            order.canceledSums = sums
            order.updatedAt = stamp
        }
        return true
    }

    mutating func hold(_ id: Int, now: Int64) throws(ShopError) {
        guard let order = sales[id] else { throw .unknownEntity }
        guard ![.paymentReview, .holded, .canceled, .complete, .closed].contains(order.state) else {
            throw ShopError(400, "A hold action is not available.")
        }
        let held = status(of: .holded)
        sales.update(id) { order in
            order.heldFrom = (order.state, order.status)
            (order.state, order.status) = (.holded, held)
            order.updatedAt = ShopClock.stamp(now)
        }
    }

    mutating func unhold(_ id: Int, now: Int64) throws(ShopError) {
        guard let order = sales[id] else { throw .unknownEntity }
        guard order.state == .holded, let before = order.heldFrom else { throw ShopError(400, "You cannot remove the hold.") }
        sales.update(id) { order in
            (order.state, order.status) = before
            order.heldFrom = nil
            order.updatedAt = ShopClock.stamp(now)
        }
    }

    /// Which statuses a comment may set differs by release: any up to 2.4.6, the present one alone in 2.4.7, those of the
    /// order's state from 2.4.8.
    mutating func comment(
        _ id: Int, _ text: String, status: String?, isNotified: Bool, isVisible: Bool, now: Int64
    ) throws(ShopError) {
        guard let order = sales[id] else { throw .unknownEntity }
        if let status, status != order.status {
            let isAllowed =
                switch release {
                case .v244: true
                case .v247: false
                case .v248: orderStatuses.contains(OrderStatus(status, order.state))
                }
            guard isAllowed else {
                throw ShopError(
                    400, "Unable to add comment: The status \"%1\" is not part of the order\n                 status history.",
                    [.string(status)])
            }
        }
        let comment = SalesBook.next(&sales.counters.comment)
        let stamp = ShopClock.stamp(now)
        sales.update(id) { order in
            // A comment alone does not move `updated_at`.
            if let status, status != order.status {
                order.status = status
                order.updatedAt = stamp
            }
            order.comments.append(
                .init(
                    id: comment, text: text, isCustomerNotified: isNotified, isVisibleOnFront: isVisible, status: order.status,
                    createdAt: stamp))
        }
        if isNotified { notify(order.incrementID, "order comment \(comment)") }
    }
}
