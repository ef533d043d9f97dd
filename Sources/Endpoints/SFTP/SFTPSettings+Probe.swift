import Crypto
import Domain

extension SFTPSettings {
    /// `USER@HOST:PORT`
    var account: String { "\(user)@\(host.lowercased()):\(port)" }

    /// Tells one credential from another, and nothing of what it is: sixteen bits of a hash.
    var credentialMark: String {
        let secret =
            switch authentication {
            case .key(let key, let passphrase): "key\n\(key.reveal())\n\(passphrase?.reveal() ?? "")"
            case .password(let password): "password\n\(password.reveal())"
            case .keyboardInteractive(let password): "question\n\(password.reveal())"
            case .agent(let socket): "agent\n\(socket ?? "")"
            case .configured: "configured\n\(sshConfig ?? "")"
            }
        return String(ContentHash(digest: SHA256.hash(data: Array(secret.utf8))).hex.prefix(4))
    }

    /// Changes with every setting that what a probe finds may depend on. Nothing secret goes into it.
    package var probeMark: String {
        let keys =
            switch hostKeys {
            case .pinned(let pins): pins.map(\.description).joined(separator: ",")
            case .knownHosts(let path): path
            }
        let parts = [
            host, "\(port)", user, transport.rawValue, sshConfig ?? "", probeFolder ?? "", keys,
            (algorithms.keyExchange + algorithms.hostKeys + algorithms.ciphers + algorithms.macs).joined(separator: ","),
        ]
        return ContentHash(digest: SHA256.hash(data: Array(parts.joined(separator: "\n").utf8))).short
    }
}
