package import Domain

/// An admin user's token: fetched when first needed, fetched once more when the shop no longer takes it (it lives an hour),
/// and never asked for again after the password was refused: six wrong ones lock the account for half an hour
/// (reliability F59, F60).
package actor AdminAuthoriser: Authoriser {
    private let username: String
    private let password: Secret
    private let transport: any ShopTransport
    private var token: Secret?
    private var fetching: Task<Answer, Never>?
    /// The token before the present one, for calls that were under way when it was given up.
    private var retired: Secret?
    private var final: Refusal?
    /// Whether the present token has been used with success since it was fetched: a fresh one that is refused at once
    /// lacks a permission, and another would not help.
    private var isFresh = true

    /// - Parameter transport: sends without a credential.
    package init(username: String, password: Secret, transport: any ShopTransport) {
        self.username = username
        self.password = password
        self.transport = transport
    }

    package func header(method: ShopCall.Method, origin: String, target: String) async throws(Refusal) -> String? {
        if let final { throw final }
        if let token { return Self.header(token) }
        switch await fetch() {
        case .done(let payload):
            let token = Secret(payload.json.text ?? "")
            self.token = token
            return Self.header(token)
        case .notDone(let refusal), .unknown(let refusal):
            if refusal.kind == .unauthorised || refusal.kind == .permanent { final = refusal }
            throw refusal
        }
    }

    package func renewed(insteadOf header: String?) async -> Bool {
        guard final == nil else { return false }
        // Another call that was under way has retired it already.
        if let retired, header == Self.header(retired) { return true }
        guard isFresh else { return false }
        isFresh = false
        retired = token
        token = nil
        return true
    }

    /// The next refusal means that the token has run out.
    package func confirm() { isFresh = true }

    private static func header(_ token: Secret) -> String { "Bearer \(token.reveal())" }

    /// Many calls may need the token at once; one fetches it.
    private func fetch() async -> Answer {
        if let fetching { return await fetching.value }
        var body = JSONText()
        body.raw("{\"username\":")
        body.string(username)
        body.raw(",\"password\":")
        body.string(password.reveal())
        body.raw("}")
        let call = ShopCall(
            .post, ["integration", "admin", "token"], body: body.bytes, effect: .read, expects: .text)
        let transport = transport
        let task = Task { await transport.send(call) }
        fetching = task
        let answer = await task.value
        fetching = nil
        return answer
    }
}
