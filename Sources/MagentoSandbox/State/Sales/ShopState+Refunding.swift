extension ShopState {
    /// Gives money back. Without rows everything that was invoiced; without a shipping amount the whole shipping too.
    mutating func refund(
        _ orderID: Int, invoice: Int? = nil, _ request: SettlementRequest, now: Int64
    ) throws(ShopError) -> SalesInvoice {
        guard let order = sales[orderID] else { throw .unknownEntity }
        if invoice != nil, SalesOrder.Payment.offline.contains(order.payment.method) {
            throw .document("Creditmemo", ["We can't create creditmemo for the invoice."])
        }
        let last = Dictionary(request.lines.map { ($0.id, $0.quantity) }, uniquingKeysWith: { $1 })
        var chosen: [(line: SalesLine, quantity: Quantity)] = []
        for line in order.lines where line.isCharged {
            let quantity = request.lines.isEmpty ? line.openToRefund : last[line.id]?.whole ?? .zero
            guard quantity <= line.openToRefund else {
                throw line.openToRefund > .zero ? .refundQuantity(line.name) : nothingLeft(of: order, request)
            }
            if quantity > .zero { chosen.append((line, quantity)) }
        }
        try demandRefundable(order, isEmpty: chosen.isEmpty && request.adjustmentPositive == .zero && (request.shipping ?? .zero) == .zero)

        let stamp = ShopClock.stamp(now)
        let shippingLeft = order.shippingAmount - (order.refundedSums?.shipping ?? .zero)
        let shipping = min(request.shipping ?? shippingLeft, shippingLeft)
        let taxLeft = order.shippingTax - (order.refundedSums?.shippingTax ?? .zero)
        let shippingTax = shipping == shippingLeft ? taxLeft : Money.share(shipping, of: order.shippingAmount, in: order.shippingTax)
        let id = SalesBook.next(&sales.counters.creditMemo)
        var memo = SalesInvoice(
            id: id, incrementID: SalesBook.number(id), orderID: orderID, invoiceID: invoice,
            lines: chosen.map { settle($0.line, $0.quantity, \.creditMemoLine) }, shipping: shipping, shippingTax: shippingTax,
            createdAt: stamp, updatedAt: stamp)
        memo.adjustmentPositive = request.adjustmentPositive
        memo.adjustmentNegative = request.adjustmentNegative
        memo.comments = comments(request, at: stamp)
        memo.isNotified = request.isNotified
        for index in memo.lines.indices {
            memo.lines[index].isReturnedToStock = request.returnedToStock.contains(memo.lines[index].orderItemID)
        }
        sales.creditMemos.append(memo)
        for (index, pick) in chosen.enumerated() { returnGoods(pick, of: order, toStock: memo.lines[index].isReturnedToStock) }
        book(memo, at: stamp)
        if request.isNotified { notify(order.incrementID, "credit memo \(id)") }
        return memo
    }

    /// A row of which nothing is left to give back gets no row in the memo (transcripts-2, late-4).
    private func nothingLeft(of order: SalesOrder, _ request: SettlementRequest) -> ShopError {
        let returned = order.lines.filter { request.returnedToStock.contains($0.id) && $0.openToRefund == .zero }
        return .document(
            "Creditmemo",
            ["The quantity to refund must not be greater than the unrefunded quantity."]
                + returned.map { "The \"\($0.sku)\" product is not part of the current creditmemo." })
    }

    private func demandRefundable(_ order: SalesOrder, isEmpty: Bool) throws(ShopError) {
        var problems: [String] = []
        if [.paymentReview, .holded, .canceled, .closed].contains(order.state) {
            throw .document("Creditmemo", ["A creditmemo can not be created when an order has a status of \(order.status)"])
        }
        if order.paid <= order.refundedSums?.total ?? .zero { problems.append("The order does not allow a creditmemo to be created.") }
        if isEmpty { problems.append("You can't create a creditmemo without products.") }
        guard problems.isEmpty else { throw .document("Creditmemo", problems) }
    }

    /// Goods that never left are freed first: as many as were invoiced, not credited before and not shipped. Where they are not to be
    /// sold again, they are written off. What is credited beyond them had left, and comes back only where the memo says so
    /// (recorded in credit-00-story).
    private mutating func returnGoods(_ pick: (line: SalesLine, quantity: Quantity), of order: SalesOrder, toStock isReturned: Bool) {
        let waiting = min(pick.quantity, max(.zero, pick.line.invoiced - pick.line.refunded - order.shippedPieces(of: pick.line)))
        let gone = pick.quantity - waiting
        let used = sales.shipments.last { $0.orderID == order.id && $0.lines.contains { $0.orderItemID == pick.line.id } }?.source
        let source = used ?? links.filter { $0.stockID == order.stockID }.min { $0.priority < $1.priority }?.source ?? "default"
        for leaf in order.leaves(of: pick.line, gone) where isReturned {
            moveStock(leaf.quantity, product: leaf.productID, source: source)
        }
        for leaf in order.leaves(of: pick.line, waiting) {
            if order.hasReservations { reserve(leaf.quantity, product: leaf.productID, stock: order.stockID) }
            if !isReturned { moveStock(-leaf.quantity, product: leaf.productID, source: source) }
        }
    }

    private mutating func book(_ memo: SalesInvoice, at stamp: String) {
        let sign = configuration.baseCurrency == "GBP" ? "£" : configuration.baseCurrency + " "
        let comment = SalesBook.next(&sales.counters.comment)
        let closed = status(of: .closed)
        sales.update(memo.orderID) { order in
            for line in memo.lines {
                guard let position = order.position(of: line.orderItemID) else { continue }
                order.lines[position].refunded += line.quantity
                order.lines[position].refundedAmount += line.row
                order.lines[position].refundedTax += line.tax
                order.lines[position].refundedDiscount += line.discount
                order.lines[position].updatedAt = stamp
            }
            order.refundedSums = (order.refundedSums ?? .init()).adding(memo)
            order.updatedAt = stamp
            if order.paid <= order.refundedSums?.total ?? .zero {
                order.state = .closed
                order.status = closed
            }
            order.comments.append(
                .init(
                    id: comment, text: "We refunded \(sign)\(memo.grandTotal.shown) offline.", isCustomerNotified: false,
                    isVisibleOnFront: false, status: order.status, entity: "creditmemo", createdAt: stamp))
        }
    }
}

extension Money {
    /// `total` times `part` of `whole`, in pence.
    fileprivate static func share(_ part: Money, of whole: Money, in total: Money) -> Money {
        guard whole > .zero else { return .zero }
        return Money(millionths: Int64(Int128(total.millionths) * Int128(part.millionths) / Int128(whole.millionths))).inPence
    }
}
