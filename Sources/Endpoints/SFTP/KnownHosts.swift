import Crypto
import Foundation

/// OpenSSH's known-hosts file. Read by us and not by the library, which takes `@revoked` and `@cert-authority` lines
/// for ordinary ones.
struct KnownHosts {
    private struct Line {
        var marker: Substring?
        var hosts: Substring
        var type: String
        var key: [UInt8]
    }

    private let lines: [Line]

    init(_ content: Data) {
        lines = String(decoding: content, as: UTF8.self).split(whereSeparator: \.isNewline).compactMap(Self.parse)
    }

    /// What the file says of a host. `source` begins with `path` and names what was left aside.
    func trust(host: String, port: Int, path: String) -> HostKeyTrust {
        let name = port == 22 ? host.lowercased() : "[\(host.lowercased())]:\(port)"
        var trust = HostKeyTrust(trusted: [], source: path)
        var authorities = 0
        for line in lines where Self.matches(line.hosts, name) {
            let fingerprint = HostKeyFingerprint(key: line.key)
            switch line.marker {
            case "@revoked": trust.revoked.append(fingerprint)
            case .some: authorities += 1
            case nil:
                guard let type = HostKeyType(ofKey: line.key) else { continue }
                trust.trusted.append(.init(fingerprint: fingerprint, type: type))
            }
        }
        trust.trusted.removeAll { trust.revoked.contains($0.fingerprint) }
        if authorities > 0 { trust.source += " (certificate authorities are not supported: \(authorities) left aside)" }
        if !trust.revoked.isEmpty { trust.source += " (\(trust.revoked.count) revoked)" }
        return trust
    }

    private static func parse(_ text: Substring) -> Line? {
        var fields = text.split(whereSeparator: { $0 == " " || $0 == "\t" })
        guard let first = fields.first, !first.hasPrefix("#") else { return nil }
        let marker = first.hasPrefix("@") ? fields.removeFirst() : nil
        guard fields.count >= 3, let key = Data(base64Encoded: String(fields[2])) else { return nil }
        return Line(marker: marker, hosts: fields[0], type: String(fields[1]), key: Array(key))
    }

    private static func matches(_ hosts: Substring, _ name: String) -> Bool {
        if hosts.hasPrefix("|1|") { return matchesHashed(hosts, name) }
        var isMatch = false
        for pattern in hosts.split(separator: ",") {
            let isNegated = pattern.hasPrefix("!")
            let glob = GlobPattern(pattern.dropFirst(isNegated ? 1 : 0).lowercased(), brackets: .literal)
            guard glob.matches(Array(name.utf8)) else { continue }
            if isNegated { return false }
            isMatch = true
        }
        return isMatch
    }

    private static func matchesHashed(_ hosts: Substring, _ name: String) -> Bool {
        let parts = hosts.split(separator: "|")
        guard parts.count == 3, let salt = Data(base64Encoded: String(parts[1])),
            let expected = Data(base64Encoded: String(parts[2]))
        else { return false }
        return HMAC<Insecure.SHA1>.isValidAuthenticationCode(
            expected,
            authenticating: Data(name.utf8),
            using: SymmetricKey(data: salt)
        )
    }
}
