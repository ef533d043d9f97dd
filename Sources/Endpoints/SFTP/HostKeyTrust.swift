import Domain
import Foundation

/// The keys that a host may prove itself with, from pins or from a known-hosts file, and the ones it must not.
struct HostKeyTrust {
    struct Entry: Hashable {
        var fingerprint: HostKeyFingerprint
        /// `nil` for a pin: a fingerprint does not tell its type.
        var type: HostKeyType?
    }

    var trusted: [Entry]
    var revoked: [HostKeyFingerprint] = []
    /// Where they come from, for messages: `2 pins of the settings`.
    var source: String

    enum Verdict: Hashable { case trusted, unknown, revoked }

    func judge(_ fingerprint: HostKeyFingerprint) -> Verdict {
        if revoked.contains(fingerprint) { return .revoked }
        return trusted.contains { $0.fingerprint == fingerprint } ? .trusted : .unknown
    }

    /// The types to ask the server for, one connection each. Without this a server that has an ECDSA key beside the pinned
    /// Ed25519 one would be taken for an impostor. A pin's type is unknown, so the types are tried in order.
    var attempts: [[HostKeyType]] {
        let types = trusted.map(\.type)
        if types.contains(nil) { return HostKeyType.allCases.map { [$0] } }
        let known = Set(types.compactMap { $0 })
        return known.isEmpty ? [] : [HostKeyType.allCases.filter(known.contains)]
    }

    /// - Throws: `HOST-KEY-UNKNOWN` where nothing is known of the host, so that nothing could be trusted.
    static func load(_ settings: SFTPSettings, place: String) throws -> HostKeyTrust {
        switch settings.hostKeys {
        case .pinned(let pins):
            let source = pins.count == 1 ? "the pin of the settings" : "\(pins.count) pins of the settings"
            return HostKeyTrust(trusted: pins.map { Entry(fingerprint: $0, type: nil) }, source: source)
        case .knownHosts(let path):
            guard let content = try OwnFile.content(path) else {
                throw Diagnostic(
                    "KNOWN-HOSTS-UNREADABLE",
                    "\(place): the known-hosts file \(Escaped(path)) cannot be read",
                    at: .init(file: path),
                    fix: "Correct known_hosts in the settings, or pin the key itself with host_keys"
                )
            }
            let trust = KnownHosts(Data(content)).trust(host: settings.host, port: settings.port, path: path)
            guard trust.trusted.isEmpty else { return trust }
            throw Diagnostic(
                "HOST-KEY-UNKNOWN",
                "\(place): \(Escaped(path)) has no usable key for \(Escaped(settings.host)) port \(settings.port)"
                    + trust.source.dropFirst(path.count),
                at: .init(file: path),
                fix: "Get the fingerprint from the server's owner and add it as host_keys: [SHA256:…]"
            )
        }
    }
}

extension SFTPSettings {
    /// The keys that the server may show: the pins, or those of the known-hosts file.
    /// - Throws: as a connection would, before anything is sent.
    package func trustedHostKeys(place: String) throws -> [HostKeyFingerprint] {
        try HostKeyTrust.load(self, place: place).trusted.map(\.fingerprint)
    }
}
