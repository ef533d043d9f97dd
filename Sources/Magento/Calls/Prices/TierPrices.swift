/// `products/tier-prices`: prices by customer group and quantity.
package struct TierPrices: Sendable {
    private let route: PriceRoute<TierPrice>

    package init(_ transport: any ShopTransport) { route = PriceRoute(name: "tier-prices", transport: transport) }

    /// Adds or changes rows. From Magento 2.4.7 on one unknown SKU refuses the whole call with 404 and nothing is saved.
    package func save(_ rows: [TierPrice]) async -> PriceAnswer { await route.write(rows) }

    /// Takes away the first row of each line's group, quantity and price; the shop does not look at the website. What does not
    /// match is left without a word, and so is a fixed price of 0.
    package func delete(_ rows: [TierPrice]) async -> PriceAnswer { await route.write(rows, suffix: "-delete") }

    /// Takes away *all* rows of every product that has a valid line among `rows`, then adds the valid lines: only with the
    /// complete set of each product (reliability C5).
    package func replaceAll(_ rows: [TierPrice]) async -> PriceAnswer { await route.write(rows, method: .put) }

    /// Throws `Diagnostic`.
    package func find(_ skus: [String]) async throws -> [TierPrice] { try await route.read(skus) }
}
