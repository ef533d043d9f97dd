/// What an invoice or a credit memo is asked to hold.
struct SettlementRequest: Sendable {
    /// Empty: everything that is left.
    var lines: [(id: Int, quantity: Quantity)]
    var comment: DocumentRequest.Comment?
    var isNotified = false
    /// `nil`: all that is left of the shipping.
    var shipping: Money?
    var adjustmentPositive = Money.zero
    var adjustmentNegative = Money.zero
    var returnedToStock: Set<Int> = []
}

extension ShopState {
    mutating func invoice(_ orderID: Int, _ request: SettlementRequest, now: Int64) throws(ShopError) -> SalesInvoice {
        guard let order = sales[orderID] else { throw .unknownEntity }
        let last = Dictionary(request.lines.map { ($0.id, $0.quantity) }, uniquingKeysWith: { $1 })
        var problems: [String] = []
        var chosen: [(line: SalesLine, quantity: Quantity)] = []
        // A row of which nothing is left is passed over, whatever is asked of it (transcripts-2, late-7).
        for line in order.lines where line.isCharged && line.openToInvoice > .zero {
            let quantity = request.lines.isEmpty ? line.openToInvoice : wanted(line, by: last)
            if quantity > line.openToInvoice {
                problems.append(
                    "The quantity to invoice must not be greater than the uninvoiced quantity for product SKU \"\(line.sku)\".")
            }
            if quantity > .zero { chosen.append((line, quantity)) }
        }
        if chosen.isEmpty { problems.append("The invoice can't be created without products. Add products and try again.") }
        if [.paymentReview, .holded, .canceled, .complete, .closed].contains(order.state) {
            problems.append("An invoice cannot be created when an order has a status of \(order.status)")
        } else if order.isAllInvoiced {
            problems.append("The order does not allow an invoice to be created.")
        }
        guard problems.isEmpty else { throw .document("Invoice", problems) }

        let stamp = ShopClock.stamp(now)
        let isFirst = order.invoicedSums == nil
        let id = SalesBook.next(&sales.counters.invoice)
        var invoice = SalesInvoice(
            id: id, incrementID: SalesBook.number(id), orderID: orderID, lines: chosen.map { settle($0.line, $0.quantity, \.invoiceLine) },
            shipping: isFirst ? order.shippingAmount : .zero, shippingTax: isFirst ? order.shippingTax : .zero, createdAt: stamp,
            updatedAt: stamp)
        invoice.comments = comments(request, at: stamp)
        invoice.isNotified = request.isNotified
        sales.invoices.append(invoice)
        sales.update(orderID) { order in
            for line in invoice.lines {
                guard let position = order.position(of: line.orderItemID) else { continue }
                order.lines[position].invoiced += line.quantity
                order.lines[position].invoicedTax += line.tax
                order.lines[position].invoicedDiscount += line.discount
                order.lines[position].updatedAt = stamp
            }
            order.invoicedSums = (order.invoicedSums ?? .init()).adding(invoice)
            order.updatedAt = stamp
        }
        shipVirtual(chosen, order)
        settleState(of: orderID, now: now)
        if request.isNotified { notify(order.incrementID, "invoice \(id)") }
        return invoice
    }

    /// A part of a bundle that is priced by its parts is invoiced by its own row or by the bundle's (transcripts-2, bundle-08).
    private func wanted(_ line: SalesLine, by rows: [Int: Quantity]) -> Quantity {
        if let quantity = rows[line.id] { return quantity.whole }
        guard case .part(_, let each) = line.role, let bundles = line.parentID.flatMap({ rows[$0] }) else { return .zero }
        return bundles.whole.times(each)
    }

    /// A virtual row leaves the shelf when it is invoiced; it has no source that a person packs from.
    private mutating func shipVirtual(_ chosen: [(line: SalesLine, quantity: Quantity)], _ order: SalesOrder) {
        guard order.hasReservations else { return }
        for pick in chosen where pick.line.isVirtual {
            guard reservations.contains(where: { $0.stockID == order.stockID && $0.sku == pick.line.sku }) else { continue }
            reserve(pick.quantity, product: pick.line.productID, stock: order.stockID)
        }
    }

    mutating func settle(
        _ line: SalesLine, _ quantity: Quantity, _ counter: WritableKeyPath<SalesBook.Counters, Int>
    ) -> SalesInvoice.Line {
        SalesInvoice.Line(
            id: SalesBook.next(&sales.counters[keyPath: counter]), orderItemID: line.id, productID: line.productID, sku: line.sku,
            name: line.name, price: line.price, quantity: quantity, row: line.price.times(quantity),
            discount: line.discount.share(quantity, of: line.ordered), tax: line.tax.share(quantity, of: line.ordered))
    }

    mutating func comments(_ request: SettlementRequest, at stamp: String) -> [DocumentComment] {
        guard let comment = request.comment else { return [] }
        return [
            DocumentComment(
                id: SalesBook.next(&sales.counters.documentComment), text: comment.text, isCustomerNotified: comment.isInLetter,
                isVisibleOnFront: comment.isVisible, createdAt: stamp)
        ]
    }
}

extension SalesOrder.Settled {
    func adding(_ document: SalesInvoice) -> Self {
        var sums = self
        sums.subtotal += document.subtotal
        sums.discount += document.discount
        sums.tax += document.tax
        sums.shipping += document.shipping
        sums.shippingTax += document.shippingTax
        sums.adjustment += document.adjustment
        return sums
    }
}
