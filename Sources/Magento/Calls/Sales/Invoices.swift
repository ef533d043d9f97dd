import Domain

/// Invoicing an order, and finding its invoices. Not repeatable while something is left to invoice.
package struct Invoices: Sendable {
    private let transport: any ShopTransport
    private let size = PageSize(100)

    package init(_ transport: any ShopTransport) { self.transport = transport }

    /// Nothing is captured: whether money moves is the payment's business and not a file's.
    package func submit(order: Int, _ lines: DocumentLines, note: DocumentNote) async -> Answer {
        var body = JSONText()
        body.raw("{\"capture\":false,\"items\":")
        lines.write(into: &body)
        note.write(into: &body)
        body.raw("}")
        return await transport.send(
            ShopCall(
                .post, ["order", String(order), "invoice"], route: "order/:id/invoice", body: body.bytes, effect: .once, expects: .text))
    }

    package func find(orders: some Collection<Int>) async throws -> [SalesDocument] {
        try await transport.documents(["invoices"], size, orders: orders, what: "An invoice")
    }
}
