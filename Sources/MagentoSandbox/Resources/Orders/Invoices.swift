/// Invoices and credit memos.
enum Invoices {
    static let routes = [
        Route("POST", "order/:id/invoice", .resource("Magento_Sales::invoice")) { (state, call) throws(ShopError) in
            let order = try Orders.order(state, call)
            let invoice = try state.invoice(order.id, try DocumentRequest.settlement(call.body), now: call.now)
            call.note(order, "invoice", document: invoice)
            return .string(String(invoice.id))
        },
        Route("GET", "invoices", .resource("Magento_Sales::sales_invoice")) { (state, call) throws(ShopError) in
            let shop = state
            return try SearchResult.json(
                search, over: { _ in shop.sales.invoices }, call.query, limits: state.limits, row: { DocumentBody.invoice($0, shop) })
        },
        Route("GET", "invoices/:id", .resource("Magento_Sales::sales_invoice")) { (state, call) throws(ShopError) in
            DocumentBody.invoice(try document(call, in: state.sales.invoices), state)
        },
        Route("POST", "order/:id/refund", .resource("Magento_Sales::creditmemo")) { (state, call) throws(ShopError) in
            let order = try Orders.order(state, call)
            let memo = try state.refund(order.id, try DocumentRequest.settlement(call.body), now: call.now)
            call.note(order, "credit memo", document: memo)
            return .string(String(memo.id))
        },
        Route("POST", "invoice/:id/refund", .resource("Magento_Sales::creditmemo")) { (state, call) throws(ShopError) in
            let invoice = try document(call, in: state.sales.invoices)
            let request = try DocumentRequest.settlement(call.body)
            let memo = try state.refund(invoice.orderID, invoice: invoice.id, request, now: call.now)
            if let order = state.sales[invoice.orderID] { call.note(order, "credit memo", document: memo) }
            return .string(String(memo.id))
        },
        Route("GET", "creditmemos", .resource("Magento_Sales::sales_creditmemo")) { (state, call) throws(ShopError) in
            let shop = state
            return try SearchResult.json(
                search, over: { _ in shop.sales.creditMemos }, call.query, limits: state.limits,
                row: { DocumentBody.creditMemo($0, shop) })
        },
        Route("GET", "creditmemo/:id", .resource("Magento_Sales::sales_creditmemo")) { (state, call) throws(ShopError) in
            DocumentBody.creditMemo(try document(call, in: state.sales.creditMemos), state)
        },
    ]

    private static func document(_ call: RouteCall, in documents: [SalesInvoice]) throws(ShopError) -> SalesInvoice {
        guard let id = Int(call.variable("id")) else { throw .pathType(call.variable("id")) }
        guard let document = documents.first(where: { $0.id == id }) else { throw .unknownEntity }
        return document
    }

    private static let search = Search<SalesInvoice>(
        fields: [
            "entity_id": .number { Quantity(Int64($0.id)) }, "increment_id": .text { $0.incrementID },
            "order_id": .number { Quantity(Int64($0.orderID)) }, "created_at": .stamp { $0.createdAt },
            "updated_at": .stamp { $0.updatedAt }, "invoice_id": .optional { $0.invoiceID.map { String($0) } },
        ],
        unknownField: { _ in .internal(report: "6b00f4e7c4202") })
}

extension RouteCall {
    fileprivate mutating func note(_ order: SalesOrder, _ what: String, document: SalesInvoice) {
        note(
            order, what, document: document.id, document.lines.map { ($0.orderItemID, $0.quantity) },
            isNotified: document.isNotified)
    }
}
