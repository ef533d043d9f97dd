@testable import MagentoSandbox

extension ShopState {
    /// One call with every permission, without a connection. `now` is 2026-11-21T01:20:00Z unless it is said.
    @discardableResult
    mutating func ask(_ method: String, _ target: String, _ body: String = "", now: Int64 = 1_795_224_000) -> ShopAnswer {
        access.adminTokens["t"] = AdminToken(username: "admin", expires: .max)
        let request = ShopRequest(
            method: method, target: target, host: "127.0.0.1",
            headers: ["authorization": "Bearer t", "content-type": "application/json"], body: Array(body.utf8))
        return handle(request, now: now).answer
    }

    /// The same for a price route of all stores: `base-prices`.
    @discardableResult
    mutating func price(_ route: String, _ lines: String, method: String = "POST") -> String {
        ask(method, "/rest/all/V1/products/\(route)", "{\"prices\":[\(lines)]}").text
    }

    mutating func read(_ route: String, _ skus: String...) -> String {
        let list = skus.map { "\"\($0)\"" }.joined(separator: ",")
        return ask("POST", "/rest/all/V1/products/\(route)-information", "{\"skus\":[\(list)]}").text
    }

    /// A shopper's GraphQL answer; without a token a guest's.
    mutating func shop(
        _ query: String, store: String? = nil, token: String? = nil, now: Int64 = 1_795_224_000
    ) -> ShopAnswer {
        var headers = ["content-type": "application/json"]
        headers["store"] = store
        headers["authorization"] = token.map { "Bearer \($0)" }
        let body = JSONWriter.bytes(["query": .string(query)])
        return handle(
            ShopRequest(method: "POST", target: "/graphql", host: "127.0.0.1", headers: headers, body: body), now: now
        ).answer
    }

    /// A guest's product page.
    mutating func page(_ sku: String, query: String = "", now: Int64 = 1_795_224_000) -> ShopAnswer {
        let target = "/catalog/product/view/sku/\(PercentCoding.encode(sku))\(query)"
        return handle(ShopRequest(method: "GET", target: target, host: "127.0.0.1", headers: [:], body: []), now: now).answer
    }
}

extension ShopAnswer {
    var text: String { String(decoding: body, as: UTF8.self) }
}
