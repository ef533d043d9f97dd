package import Domain

/// Puts a credential on a request.
package protocol Authoriser: Sendable {
    /// The `Authorization` header for one try of a request. Asked anew for every try.
    /// Throws `Refusal` where no credential can be had; then nothing is sent.
    func header(method: ShopCall.Method, origin: String, target: String) async throws(Refusal) -> String?

    /// Told when the shop refused a request with `header`. Answers whether another credential can be had, so that one more
    /// try makes sense.
    func renewed(insteadOf header: String?) async -> Bool

    /// Told when the shop accepted a request.
    func confirm() async
}

extension Authoriser {
    package func renewed(insteadOf header: String?) async -> Bool { false }
    package func confirm() async {}
}

/// Calls that need no credential: the token call itself.
package struct AnonymousAuthoriser: Authoriser {
    package init() {}
    package func header(method: ShopCall.Method, origin: String, target: String) async throws(Refusal) -> String? { nil }
}

/// Signs each try with a nonce and a time stamp of its own.
package struct OAuth1Authoriser: Authoriser {
    private let oauth: OAuth1
    private let timeline: Timeline

    package init(_ oauth: OAuth1, timeline: Timeline) {
        self.oauth = oauth
        self.timeline = timeline
    }

    package func header(method: ShopCall.Method, origin: String, target: String) async throws(Refusal) -> String? {
        oauth.header(
            method: method.rawValue, origin: origin, target: target, nonce: timeline.randomHex(byteCount: 16),
            timestamp: timeline.now().milliseconds.flooringQuotient(1000)
        )
    }
}

/// An access token that does not change: an integration's, where the shop takes it as bearer.
package struct BearerAuthoriser: Authoriser {
    private let token: Secret

    package init(_ token: Secret) { self.token = token }

    package func header(method: ShopCall.Method, origin: String, target: String) async throws(Refusal) -> String? {
        "Bearer \(token.reveal())"
    }
}
