import Crypto
import Foundation

/// The SHA-256 of a host's public key, written as OpenSSH does: `SHA256:` and unpadded base64.
package struct HostKeyFingerprint: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    /// `nil` unless it is `SHA256:` with the base64 of 32 bytes, with or without padding.
    package init?(_ text: String) {
        guard text.hasPrefix("SHA256:") else { return nil }
        var encoded = String(text.dropFirst(7))
        while encoded.hasSuffix("=") { encoded.removeLast() }
        guard encoded.utf8.count == 43, Data(base64Encoded: encoded + "=") != nil else { return nil }
        description = "SHA256:" + encoded
    }

    /// Of a key as it goes over the wire.
    package init(key: [UInt8]) {
        var encoded = Data(SHA256.hash(data: key)).base64EncodedString()
        while encoded.hasSuffix("=") { encoded.removeLast() }
        description = "SHA256:" + encoded
    }
}

/// The kinds of host key we accept, best first. RSA is on the list for library versions that can check its SHA-2 signatures.
package enum HostKeyType: String, Sendable, CaseIterable {
    case ed25519 = "ssh-ed25519"
    case ecdsa256 = "ecdsa-sha2-nistp256"
    case ecdsa384 = "ecdsa-sha2-nistp384"
    case ecdsa521 = "ecdsa-sha2-nistp521"
    case rsa = "ssh-rsa"

    /// The algorithm names that may prove a key of this type.
    package var algorithms: [String] {
        switch self {
        case .rsa: ["rsa-sha2-512", "rsa-sha2-256"]
        case .ed25519, .ecdsa256, .ecdsa384, .ecdsa521: [rawValue]
        }
    }

    /// The type that a key on the wire names first; `nil` for one we do not accept.
    package init?(ofKey key: [UInt8]) {
        guard key.count >= 4 else { return nil }
        let count = key[..<4].reduce(0) { $0 << 8 | Int($1) }
        guard key.count >= 4 + count else { return nil }
        self.init(rawValue: String(decoding: key[4..<(4 + count)], as: UTF8.self))
    }
}
