/// `products/base-prices`. Absolute: saving twice is saving once. Wrong lines are left out and told of, the others saved.
package struct BasePrices: Sendable {
    private let route: PriceRoute<BasePrice>

    package init(_ transport: any ShopTransport) { route = PriceRoute(name: "base-prices", transport: transport) }

    /// While prices are global the shop saves every line for store 0, whatever store it names.
    package func save(_ rows: [BasePrice]) async -> PriceAnswer { await route.write(rows) }

    /// Throws `Diagnostic`.
    package func find(_ skus: [String]) async throws -> [BasePrice] { try await route.read(skus) }
}
