/// A single sign-on in front of the console: a proxy that has asked people who they are, and says so in a header.
///
/// Its word counts only if it comes from one of its addresses and carries the secret that both know. The header from anywhere else is not
/// overlooked but refused: somebody is trying a name.
package struct TrustedProxy: Sendable {
    /// Lower case: `x-auth-request-email`.
    package var header: String
    /// The header in which the proxy sends the secret; lower case.
    package var secretHeader: String
    /// The addresses that the proxy connects from.
    package var addresses: Set<String>
    package var secret: String

    package init(header: String, secretHeader: String, addresses: Set<String>, secret: String) {
        self.header = header.lowercased()
        self.secretHeader = secretHeader.lowercased()
        self.addresses = addresses
        self.secret = secret
    }

    enum Verdict: Equatable {
        /// The request says nothing of the sort.
        case none
        case forged
        case user(String)
    }

    func verdict(_ request: ConsoleRequest) -> Verdict {
        let name = request.headers[header]
        let proof = request.headers[secretHeader]
        if name == nil && proof == nil { return .none }
        // Both are looked at, whatever the first says: how long it takes tells nothing.
        let isKnown = Token.isEqual(proof ?? "", secret)
        guard addresses.contains(request.address), isKnown, !secret.isEmpty, let name = name?.trimmed, !name.isEmpty else { return .forged }
        return .user(name)
    }
}
