package import Domain

/// The stock routes from before MSI: one product a call, source `default` only.
package struct StockItems: Sendable {
    private let transport: any ShopTransport

    package init(_ transport: any ShopTransport) { self.transport = transport }

    /// Absolute, like everything here. The SKU decides; the item's id in the path is not looked at by Magento.
    package func save(sku: String, quantity: ExactDecimal, isInStock: Bool) async -> Answer {
        var body = JSONText()
        body.raw("{\"stockItem\":{\"qty\":")
        body.number(quantity.description)
        body.raw(",\"is_in_stock\":")
        if isInStock { body.raw("true") } else { body.raw("false") }
        body.raw("}}")
        return await transport.send(
            ShopCall(
                .put, ["products", sku, "stockItems", "1"], route: "products/:sku/stockItems/:id", body: body.bytes,
                effect: .absolute, expects: .wholeNumber))
    }

    /// `nil` where the shop has no such product. Throws `Diagnostic`.
    package func find(_ sku: String) async throws -> SourceItem? {
        let answer = await transport.send(ShopCall(.get, ["stockItems", sku], route: "stockItems/:sku", effect: .read, expects: .object))
        if case .notFound = answer.refusal?.reason { return nil }
        let json = try answer.payload().json
        return SourceItem(
            sku: sku, source: "default", quantity: json["qty"]?.decimal ?? .zero, isInStock: json["is_in_stock"] == .bool(true))
    }
}
