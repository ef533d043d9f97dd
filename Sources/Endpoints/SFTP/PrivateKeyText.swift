import Foundation

/// What a private key's text tells without its passphrase.
struct PrivateKeyText {
    enum Algorithm: Hashable {
        case rsa, ed25519, ecdsa
        /// Readable, but the outside does not say (PKCS #8), or not a key at all.
        case unknown
    }

    let algorithm: Algorithm

    init(_ text: String) {
        if text.contains("-----BEGIN RSA PRIVATE KEY-----") {
            algorithm = .rsa
        } else if text.contains("-----BEGIN EC PRIVATE KEY-----") {
            algorithm = .ecdsa
        } else {
            algorithm = Self.openSSH(text)
        }
    }

    /// The public half stands unencrypted in OpenSSH's format, behind cipher, key derivation, its options and a count.
    private static func openSSH(_ text: String) -> Algorithm {
        let body = text.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("-----") }.joined()
        guard let decoded = Data(base64Encoded: body) else { return .unknown }
        let magic = Array("openssh-key-v1\u{0}".utf8)
        guard decoded.starts(with: magic) else { return .unknown }
        var rest = Array(decoded)[magic.count...]
        for _ in 0..<3 { guard take(&rest) != nil else { return .unknown } }
        rest = rest.dropFirst(4)
        guard let publicKey = take(&rest) else { return .unknown }
        var inside = publicKey
        switch take(&inside).map({ String(decoding: $0, as: UTF8.self) }) {
        case "ssh-rsa": return .rsa
        case "ssh-ed25519": return .ed25519
        case .some(let name) where name.hasPrefix("ecdsa-sha2-"): return .ecdsa
        case .some, .none: return .unknown
        }
    }

    private static func take(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard rest.count >= 4 else { return nil }
        let count = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        guard rest.count >= 4 + count else { return nil }
        defer { rest = rest.dropFirst(4 + count) }
        return rest.dropFirst(4).prefix(count)
    }
}
