package import Domain

/// The mail server that takes our mails.
package struct SMTPSettings: Sendable {
    package enum Encryption: Hashable, Sendable {
        /// TLS from the first byte (`smtps://`).
        case implicit
        /// STARTTLS, and nothing is said before it.
        case required
        /// As offered: only where the server is this machine.
        case offered
    }

    package var host: String
    package var port: Int
    package var encryption: Encryption
    package var user: String?
    package var password: Secret?
    /// Certificates to trust instead of the system's.
    package var authorities: String?
    package var patience: Duration

    package init(
        host: String, port: Int, encryption: Encryption, user: String? = nil, password: Secret? = nil, authorities: String? = nil,
        patience: Duration = .seconds(60)
    ) {
        self.host = host
        self.port = port
        self.encryption = encryption
        self.user = user
        self.password = password
        self.authorities = authorities
        self.patience = patience
    }

    /// `smtps://mail.acme.example:465` or `smtp://localhost:25`; `nil` where it is neither.
    package init?(url: String) {
        let scheme: Substring
        if url.hasPrefix("smtps://") { scheme = "smtps" } else if url.hasPrefix("smtp://") { scheme = "smtp" } else { return nil }
        var rest = url.dropFirst(scheme.count + 3)
        if rest.hasSuffix("/") { rest.removeLast() }
        let isBracketed = rest.hasPrefix("[")
        let hostEnd = isBracketed ? rest.firstIndex(of: "]").map { rest.index(after: $0) } : rest.firstIndex(of: ":")
        let host = rest[..<(hostEnd ?? rest.endIndex)]
        let tail = rest[host.endIndex...]
        let standard = scheme == "smtps" ? 465 : 587
        guard let port = tail.isEmpty ? standard : tail.hasPrefix(":") ? Int(tail.dropFirst()) : nil, (1...65_535).contains(port),
            !host.isEmpty, host.utf8.allSatisfy({ Self.isHost($0, bracketed: isBracketed) })
        else { return nil }
        let isLoopback = ["localhost", "127.0.0.1", "[::1]"].contains(host)
        self.init(
            host: String(host), port: port, encryption: scheme == "smtps" ? .implicit : isLoopback ? .offered : .required)
    }

    private static func isHost(_ byte: UInt8, bracketed: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "."), UInt8(ascii: "-"): true
        case UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: ":"): bracketed
        default: false
        }
    }
}
