/// `products/special-price`. One window per product and store: saving a second one replaces the first.
package struct SpecialPrices: Sendable {
    private let route: PriceRoute<SpecialPrice>

    package init(_ transport: any ShopTransport) { route = PriceRoute(name: "special-price", transport: transport) }

    /// A date that is left out leaves the stored one as it was: delete first where a window opens.
    package func save(_ rows: [SpecialPrice]) async -> PriceAnswer { await route.write(rows) }

    /// A line has to match what is stored in every part; otherwise nothing happens and nothing is said.
    package func delete(_ rows: [SpecialPrice]) async -> PriceAnswer { await route.write(rows, suffix: "-delete") }

    /// Throws `Diagnostic`.
    package func find(_ skus: [String]) async throws -> [SpecialPrice] { try await route.read(skus) }
}
