import Domain
import Glibc

/// From settings to an authenticated SFTP channel: connect, agree on algorithms, check the host's key, log in, in this order.
/// No credential leaves before the key was found trusted (F19).
struct SFTPConnector: Sendable {
    let place: String
    let settings: SFTPSettings
    let calls: LibSSH2Calls
    let timeline: Timeline
    let stop: SessionStop

    struct Channel {
        let link: SSHLink
        let sftp: LibSSH2Calls.SFTP
    }

    func connect() throws -> Channel {
        let trust = try HostKeyTrust.load(settings, place: place)
        try refuseUnusableKey()
        let began = timeline.uptime()
        var offered: [HostKeyFingerprint] = []
        for types in trust.attempts {
            let algorithms =
                settings.algorithms.hostKeys.filter(types.flatMap(\.algorithms).contains)
                + (types.contains(.rsa) ? settings.algorithms.hostKeys.filter { $0 == "ssh-rsa" } : [])
            guard !algorithms.isEmpty, let link = try open(hostKeys: algorithms, began: began) else { continue }
            do {
                guard let key = calls.hostKey(link.session) else {
                    throw lost(.lost(code: 0, text: "the server sent no host key"))
                }
                let fingerprint = HostKeyFingerprint(key: key)
                switch trust.judge(fingerprint) {
                case .trusted: return try finish(link)
                case .revoked: throw revoked(fingerprint, trust)
                case .unknown: offered.append(fingerprint)
                }
            } catch {
                link.close()
                throw error
            }
            link.close()
        }
        throw offered.isEmpty ? try nothingInCommon(trust) : mismatch(offered, trust)
    }

    /// A link after the key exchange; `nil` where the server has no key of these algorithms or no other algorithm in common.
    private func open(hostKeys: [String], began: Duration) throws -> SSHLink? {
        let remaining = began + settings.deadlines.connect - timeline.uptime()
        let socket = try TCPSocket.connect(
            host: settings.host,
            port: settings.port,
            within: max(remaining, .milliseconds(1)),
            timeline: timeline,
            stop: stop,
            place: place
        )
        let link: SSHLink
        do {
            link = try SSHLink(
                calls: calls, socket: socket, deadlines: settings.deadlines, began: began, timeline: timeline, stop: stop
            )
        } catch { throw lost(error) }
        var policy = settings.algorithms
        policy.hostKeys = hostKeys
        for family in LibSSH2Calls.MethodFamily.allCases {
            guard calls.prefer(link.session, family, policy.names(of: family).joined(separator: ",")) == 0 else {
                link.close()
                return nil
            }
        }
        do {
            try link.complete { calls.handshake(link.session, socket) }
            return link
        } catch {
            link.close()
            if case .library(SSHCode.keyExchangeFailed, _) = error { return nil }
            throw lost(error)
        }
    }

    private func finish(_ link: SSHLink) throws -> Channel {
        try SFTPLogin(place: place, settings: settings, calls: calls).perform(on: link)
        do {
            let sftp = try link.obtain { calls.startSFTP(link.session) }
            link.becomeConnected(sftp: sftp)
            return Channel(link: link, sftp: sftp)
        } catch {
            if case .cancelled = error { throw CancellationError() }
            throw Diagnostic(
                "SFTP-UNAVAILABLE",
                "\(place): logged in as \(Escaped(settings.user)), but the server opened no SFTP channel: \(error.text)",
                fix: "Ask whether SFTP is enabled for this account and whether its home folder exists",
                kind: .transient
            )
        }
    }

    private func refuseUnusableKey() throws {
        guard case .key(let key, _) = settings.authentication, PrivateKeyText(key.reveal()).algorithm == .rsa,
            LibraryVersion(calls.version()) < LibraryVersion("1.11.0")
        else { return }
        throw Diagnostic(
            "AUTH-KEY-RSA",
            "\(place): the key is RSA, and the installed libssh2 \(calls.version()) can sign RSA only with SHA-1, which servers refuse",
            fix: "Make a new key with ssh-keygen -t ed25519, give its .pub line to the server's owner, and name it as identity",
            kind: .unauthorised
        )
    }
}

// MARK: Explaining

extension SFTPConnector {
    private var server: String { "\(Escaped(settings.host)) port \(settings.port)" }

    /// - Returns: the error to throw for a link that failed before the login.
    private func lost(_ failure: SSHFailure) -> any Error {
        if case .cancelled = failure { return CancellationError() }
        return Diagnostic(
            "ENDPOINT-HANDSHAKE",
            "\(place): \(server) accepted the connection but not the conversation: \(failure.text)",
            fix: "The server may be starting, overloaded or limiting connections; tried again at the next run",
            kind: .transient
        )
    }

    private func mismatch(_ offered: [HostKeyFingerprint], _ trust: HostKeyTrust) -> Diagnostic {
        let expected = trust.trusted.map(\.fingerprint.description).joined(separator: ", ")
        let shown = offered.map(\.description).joined(separator: ", ")
        return Diagnostic(
            "HOST-KEY-MISMATCH",
            "\(place): \(server) shows the host key \(shown), but \(trust.source) says \(expected). Nothing was sent",
            fix: "Someone may be in between. Ask the server's owner, by telephone, whether the key changed. If it did: "
                + "host_keys: [\(offered.map { "\"\($0)\"" }.joined(separator: ", "))]"
        )
    }

    private func revoked(_ fingerprint: HostKeyFingerprint, _ trust: HostKeyTrust) -> Diagnostic {
        Diagnostic(
            "HOST-KEY-REVOKED",
            "\(place): \(server) shows the host key \(fingerprint), which \(trust.source) revokes. Nothing was sent",
            fix: "Do not use this server until its owner has replaced the key"
        )
    }

    private func nothingInCommon(_ trust: HostKeyTrust) throws -> Diagnostic {
        let socket = try TCPSocket.connect(
            host: settings.host,
            port: settings.port,
            within: settings.deadlines.connect,
            timeline: timeline,
            stop: stop,
            place: place
        )
        defer { stop.close(socket) }
        guard let offer = ServerOffer(socket: socket, within: settings.deadlines.connect) else {
            return Diagnostic(
                "ENDPOINT-HANDSHAKE",
                "\(place): \(server) and we could not agree on keys, and it does not say what it offers",
                fix: "Tried again at the next run; if it stays, ask the server's owner for its SSH configuration",
                kind: .transient
            )
        }
        let reasons = offer.mismatches(with: settings.algorithms)
        let why =
            reasons.isEmpty
            ? "the installed libssh2 \(calls.version()) lacks what it wants. It offers host keys "
                + "\(offer.hostKeys.joined(separator: ", ")); ciphers \(offer.ciphers.joined(separator: ", ")); "
                + "MACs \(offer.macs.joined(separator: ", ")); key exchange \(offer.keyExchange.joined(separator: ", "))"
            : reasons.joined(separator: "; ")
        return Diagnostic(
            "ALGORITHM-REFUSED",
            "\(place): no safe algorithm in common with \(server): \(Escaped(why, limit: 1500))",
            fix: "Ask the server's owner to enable an Ed25519 or ECDSA host key, aes128-ctr and hmac-sha2-256. "
                + "Only if that cannot be had: name the old algorithm under legacy_algorithms of this endpoint"
        )
    }
}

/// `1.10.0`, compared number by number.
struct LibraryVersion: Comparable {
    let parts: [Int]

    init(_ text: String) { parts = text.split(separator: ".").map { Int($0.prefix { $0.isNumber }) ?? 0 } }

    static func < (left: LibraryVersion, right: LibraryVersion) -> Bool { left.parts.lexicographicallyPrecedes(right.parts) }
}
