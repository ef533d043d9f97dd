import Domain

/// What a shopper can buy, as the shop's index and the reservations of orders have it.
package struct Salability: Sendable {
    /// So many in one call: from index 10 on, no version of Magento signs the query as RFC 5849 does (contract 1.1).
    private static let portion = 10
    /// Calls in flight; a shop with two cores gains nothing from more.
    private static let together = 2

    private let transport: any ShopTransport

    package init(_ transport: any ShopTransport) { self.transport = transport }

    /// Those of `skus` that cannot be bought from the stock, in their order. A SKU that the catalogue does not have breaks the call.
    /// Throws `Diagnostic`.
    package func denied(_ skus: [String], stock: Int) async throws -> [String] {
        let portions = stride(from: 0, to: skus.count, by: Self.portion).map { Array(skus[$0..<min($0 + Self.portion, skus.count)]) }
        return try await inFlight(Self.together, portions) { asked in
            let query = asked.enumerated().map { QueryItem("skus[\($0.offset)]", $0.element) } + [QueryItem("stockId", String(stock))]
            let call = ShopCall(.get, ["inventory", "are-products-salable"], query: query, effect: .read, expects: .list)
            let rows = try await transport.send(call).payload().json.elements ?? []
            var told: [String: Bool] = [:]
            for row in rows {
                guard let sku = row["sku"]?.text, case .bool(let isSalable)? = row["salable"] else { throw Self.unreadable }
                told[sku] = isSalable
            }
            return try asked.filter { sku in
                guard let isSalable = told[sku] else { throw Self.unreadable }
                return !isSalable
            }
        }.flatMap { $0 }
    }

    private static let unreadable = Diagnostic(
        "SHOP-MALFORMED", "The shop did not say of each product whether it can be bought", fix: "Look for a module that changes inventory answers",
        kind: .transient)
}
