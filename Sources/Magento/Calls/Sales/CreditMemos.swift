package import Domain

/// Refunding an order offline, and finding its credit memos. Not repeatable while something is left to refund.
package struct CreditMemos: Sendable {
    /// What a credit memo gives back besides its rows. The shipping is always said: left out, the shop refunds all of it.
    package struct Money: Hashable, Sendable {
        package var shipping: ExactDecimal
        /// Above 0 it is given besides, below 0 it is kept.
        package var adjustment: ExactDecimal

        package init(shipping: ExactDecimal = 0, adjustment: ExactDecimal = 0) {
            self.shipping = shipping
            self.adjustment = adjustment
        }
    }

    private let transport: any ShopTransport
    private let size = PageSize(100)

    package init(_ transport: any ShopTransport) { self.transport = transport }

    /// - Parameter restocked: the rows whose goods are for sale again.
    package func submit(order: Int, _ lines: DocumentLines, _ money: Money, restocked: [Int], note: DocumentNote) async -> Answer {
        var body = JSONText()
        body.raw("{\"items\":")
        lines.write(into: &body)
        note.write(into: &body)
        body.raw(",\"arguments\":{\"shipping_amount\":")
        body.number(money.shipping.description)
        body.raw(",\"adjustment_positive\":")
        body.number(money.adjustment.isNegative ? "0" : money.adjustment.description)
        body.raw(",\"adjustment_negative\":")
        body.number(money.adjustment.isNegative ? (ExactDecimal.zero.subtracting(money.adjustment) ?? 0).description : "0")
        if !restocked.isEmpty {
            body.raw(",\"extension_attributes\":{\"return_to_stock_items\":")
            body.list(restocked) { text, line in text.number(String(line)) }
            body.raw("}")
        }
        body.raw("}}")
        return await transport.send(
            ShopCall(
                .post, ["order", String(order), "refund"], route: "order/:id/refund", body: body.bytes, effect: .once, expects: .text))
    }

    package func find(orders: some Collection<Int>) async throws -> [SalesDocument] {
        try await transport.documents(["creditmemos"], size, orders: orders, what: "A credit memo")
    }
}
