package import Domain

/// The shop as its shoppers see it: as a stranger does, without any credential, or as a customer who has signed in.
package struct ShopperView: Sendable {
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
    /// - Parameter token: a customer's, as `token(email:password:store:)` gives it; without one the view is a stranger's.
    package static func withView<Result>(
        of endpoint: ShopEndpoint,
        as token: Secret? = nil,
        limits: WireLimits = WireLimits(),
        policy: RetryPolicy = RetryPolicy(),
        timeline: Timeline,
        _ body: (ShopperView) async throws -> Result
    ) async throws -> Result {
        try await HTTPConnection.withConnection(limits) { connection in
            let wire = HTTPTransport(
                endpoint: endpoint, limits: limits, authoriser: token.map { BearerAuthoriser($0) } ?? AnonymousAuthoriser(),
                timeline: timeline, connection: connection)
            return try await body(ShopperView(transport: RetryingTransport(wire, policy: policy, timeline: timeline)))
        }
    }

    /// Signs a customer in at a store view. The shop forgets the token after an hour. Throws `Diagnostic`.
    package func token(email: String, password: Secret, store: String? = nil) async throws -> Secret {
        var mutation = JSONText()
        mutation.raw("mutation { generateCustomerToken(email: ")
        mutation.string(email)
        mutation.raw(", password: ")
        mutation.string(password.reveal())
        mutation.raw(") { token } }")
        let answer = await send(String(decoding: mutation.bytes, as: UTF8.self), store)
        let token = try? answer.payload().json["data"]?["generateCustomerToken"]?["token"]?.text
        guard let token, !token.isEmpty else {
            let said = try answer.payload().json["errors"]?.elements?.first?["message"]?.text ?? "no token"
            throw Diagnostic(
                "SHOP-SIGN-IN", "The shop does not sign in \(Escaped(email)): \(Escaped(said, limit: 120))",
                fix: "Log in to the shop as this customer; give its present password in the settings", kind: .transient)
        }
        return Secret(token)
    }

    /// The prices of these products at a store view; products that the shopper does not get to see are left out.
    /// Throws `Diagnostic`.
    package func prices(of skus: [String], store: String? = nil) async throws -> [ShopperPrice] {
        var prices: [ShopperPrice] = []
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

    private func ask(_ skus: [String], _ store: String?) async throws -> [ShopperPrice] {
        let answer = await send(Self.query(skus), store)
        if let refusal = answer.refusal, [400, 404].contains(refusal.status) { throw Self.hidden(refusal.message) }
        let json = try answer.payload().json
        guard json["errors"] == nil, let items = json["data"]?["products"]?["items"]?.elements else {
            throw Self.hidden(Escaped(json["errors"]?.elements?.first?["message"]?.text ?? "no items", limit: 120).description)
        }
        let prices = items.compactMap(ShopperPrice.init)
        guard prices.count == items.count else {
            throw Diagnostic(
                "SHOP-MALFORMED", "A product was shown without a readable price",
                fix: "Look for a module that changes GraphQL prices", kind: .transient)
        }
        return prices
    }

    private func send(_ query: String, _ store: String?) async -> Answer {
        var body = JSONText()
        body.raw("{\"query\":")
        body.string(query)
        body.raw("}")
        return await transport.send(
            ShopCall(.post, ["graphql"], body: body.bytes, effect: .read, expects: .object, root: .shop, store: store))
    }

    /// Without this view nothing is known: whoever asked goes no further.
    private static func hidden(_ said: String) -> Diagnostic {
        Diagnostic(
            "SHOP-GUEST-VIEW", "The shop does not show its prices: \(said)",
            fix: "Allow GraphQL from this machine, for guests too, and name store views that there are", kind: .transient)
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
