package import Domain

/// The shop as a stranger sees it. It has no credential and so can send none.
package struct GuestView: Sendable {
    /// Whether an answer of the page cache will do.
    package enum Freshness: Hashable, Sendable {
        case asServed
        /// A query that no cache has seen yet.
        case pastCaches(token: String)
    }

    /// Products asked for in one call.
    private static let chunkSize = 50
    private let transport: any ShopTransport

    package init(transport: any ShopTransport) { self.transport = transport }

    /// Runs `body` with a view of the shop at `endpoint`, the public address, and closes its connections afterwards.
    package static func withView<Result>(
        of endpoint: ShopEndpoint,
        limits: WireLimits = WireLimits(),
        policy: RetryPolicy = RetryPolicy(),
        timeline: Timeline,
        _ body: (GuestView) async throws -> Result
    ) async throws -> Result {
        try await HTTPConnection.withConnection(limits) { connection in
            let wire = HTTPTransport(
                endpoint: endpoint, limits: limits, authoriser: AnonymousAuthoriser(), timeline: timeline, connection: connection)
            return try await body(GuestView(transport: RetryingTransport(wire, policy: policy, timeline: timeline)))
        }
    }

    /// The prices of these products at a store view; products that a guest does not get to see are left out.
    /// Throws `Diagnostic`.
    package func prices(of skus: [String], store: String? = nil) async throws -> [GuestPrice] {
        var prices: [GuestPrice] = []
        for start in stride(from: 0, to: skus.count, by: Self.chunkSize) {
            prices += try await ask(Array(skus[start..<min(start + Self.chunkSize, skus.count)]), store)
        }
        return prices
    }

    /// The price that a product's page tells search engines; `nil` where a guest gets no such page or it tells none.
    /// Throws `Diagnostic`.
    package func pagePrice(product id: Int, store: String? = nil, _ freshness: Freshness = .asServed) async throws -> ExactDecimal? {
        var query = store.map { [QueryItem("___store", $0)] } ?? []
        if case .pastCaches(let token) = freshness { query.append(QueryItem("tallyman", token)) }
        let call = ShopCall(
            .get, ["catalog", "product", "view", "id", String(id)], route: "catalog/product/view/id/:id", query: query,
            effect: .read, expects: .page, root: .shop)
        let answer = await transport.send(call)
        if let refusal = answer.refusal, refusal.status == 404 { return nil }
        return StructuredData.lowestOffer(in: try answer.payload().json.text ?? "")
    }

    private func ask(_ skus: [String], _ store: String?) async throws -> [GuestPrice] {
        var body = JSONText()
        body.raw("{\"query\":")
        body.string(Self.query(skus))
        body.raw("}")
        let call = ShopCall(
            .post, ["graphql"], body: body.bytes, effect: .read, expects: .object, root: .shop, store: store)
        let answer = await transport.send(call)
        if let refusal = answer.refusal, [400, 404].contains(refusal.status) { throw Self.hidden(refusal.message) }
        let json = try answer.payload().json
        guard json["errors"] == nil, let items = json["data"]?["products"]?["items"]?.elements else {
            throw Self.hidden(Escaped(json["errors"]?.elements?.first?["message"]?.text ?? "no items", limit: 120).description)
        }
        let prices = items.compactMap(GuestPrice.init)
        guard prices.count == items.count else {
            throw Diagnostic(
                "SHOP-MALFORMED", "A product was shown to a guest without a readable price",
                hint: "Look for a module that changes GraphQL prices", kind: .transient)
        }
        return prices
    }

    /// Without this view nothing is known: whoever asked goes no further.
    private static func hidden(_ said: String) -> Diagnostic {
        Diagnostic(
            "SHOP-GUEST-VIEW", "The shop does not show its prices to a guest: \(said)",
            hint: "Allow GraphQL for guests from this machine, and name store views that there are", kind: .transient)
    }

    private static func query(_ skus: [String]) -> String {
        var list = JSONText()
        list.list(skus) { text, sku in text.string(sku) }
        let money = "{ value currency }"
        return "{ products(filter: {sku: {in: \(String(decoding: list.bytes, as: UTF8.self))}}, pageSize: \(skus.count)) "
            + "{ items { sku price_range { minimum_price { regular_price \(money) final_price \(money) } } "
            + "price_tiers { quantity final_price \(money) } } } }"
    }
}
