/// `products/cost`: what products cost the shop; no shopper sees it.
package struct Costs: Sendable {
    private let route: PriceRoute<ProductCost>

    package init(_ transport: any ShopTransport) { route = PriceRoute(name: "cost", transport: transport) }

    package func save(_ rows: [ProductCost]) async -> PriceAnswer { await route.write(rows) }

    /// Takes the cost of these products away, in all stores.
    package func delete(_ skus: [String]) async -> PriceAnswer {
        let call = ShopCall(
            .post, ["products", "cost-delete"], body: PriceRoute<ProductCost>.body(skus: skus), effect: .absolute, expects: .yes,
            root: .allStores)
        switch await route.transport.send(call) {
        case .done: return .done([])
        case .notDone(let refusal): return .notDone(refusal)
        case .unknown(let refusal): return .unknown(refusal)
        }
    }

    /// Throws `Diagnostic`.
    package func find(_ skus: [String]) async throws -> [ProductCost] { try await route.read(skus) }
}
