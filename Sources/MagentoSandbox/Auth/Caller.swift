/// Whom a request's credential stands for.
package struct Caller: Hashable, Sendable {
    /// The integration's or the admin user's name; never a credential. `guest` without one.
    package var name: String
    package var resources: Integration.Resources

    static let guest = Caller(name: "guest", resources: .only([]))
}

extension AccessState {
    /// Bearer first, then OAuth, else a guest. A bearer token that is not known makes a guest too, as in Magento.
    mutating func caller(of request: ShopRequest, now: Int64) throws(ShopError) -> Caller {
        guard let header = request.headers["authorization"] else { return .guest }
        if header.lowercased().hasPrefix("bearer ") { return bearer(String(header.dropFirst(7)), now: now) }
        guard let parameters = OAuthParameters(header: header) else { return .guest }
        return try signed(request, parameters, now: now)
    }

    private func bearer(_ token: String, now: Int64) -> Caller {
        if let admin = adminTokens[token], admin.expires > now,
            let user = adminUsers.first(where: { $0.username == admin.username })
        {
            return Caller(name: user.username, resources: user.resources)
        }
        if acceptsIntegrationBearer, let integration = integrations.first(where: { $0.token == token }) {
            return Caller(name: integration.name, resources: integration.resources)
        }
        return .guest
    }

    /// The checks in Magento's order: parameters, token length, method, consumer, nonce, token, signature. A nonce is
    /// spent even where the signature then turns out wrong.
    private mutating func signed(_ request: ShopRequest, _ parameters: OAuthParameters, now: Int64) throws(ShopError) -> Caller {
        let missing = parameters.missing
        guard missing.isEmpty else { throw .missingOAuthParameters(missing) }
        let token = parameters["token"] ?? ""
        guard token.utf8.count == 32 else { throw .tokenLength }
        let method = parameters["signature_method"] ?? ""
        guard method == "HMAC-SHA256" else { throw .signatureMethod(method) }
        guard let integration = integrations.first(where: { $0.consumerKey == parameters["consumer_key"] }) else {
            throw .unknownConsumer
        }
        guard let timestamp = Int64(parameters["timestamp"] ?? ""), timestamp > 0, timestamp <= now + 600 else {
            throw .nonceInvalid
        }
        let nonce = "\(integration.id),\((parameters["nonce"] ?? "").prefix(32))"
        guard nonces.insert(nonce).inserted else { throw .nonceUsed(consumer: integration.id) }
        guard integration.token == token else { throw .unknownToken }
        let isForm = request.headers["content-type"]?.hasPrefix("application/x-www-form-urlencoded") ?? false
        let base = SignatureBase(
            method: request.method, scheme: "http", host: request.host, target: request.target,
            parameters: parameters.values, form: isForm ? String(decoding: request.body, as: UTF8.self) : ""
        )
        guard
            base.signature(consumerSecret: integration.consumerSecret, tokenSecret: integration.tokenSecret)
                == parameters["signature"]
        else { throw .signature }
        return Caller(name: integration.name, resources: integration.resources)
    }
}
