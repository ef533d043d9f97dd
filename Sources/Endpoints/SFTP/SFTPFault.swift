import Domain

/// What is said of a connection or a login that failed, whichever transport tried it.
struct SFTPFault {
    let place: String
    let settings: SFTPSettings

    private var server: String { "\(Escaped(settings.host)) port \(settings.port)" }
    private var user: Escaped { Escaped(settings.user) }

    // MARK: Connecting

    func unresolvable(_ reason: String) -> Diagnostic {
        Diagnostic(
            "ENDPOINT-NAME",
            "\(place): the host name \(Escaped(settings.host)) cannot be resolved: \(Escaped(reason))",
            fix: "Check the host in the settings and this machine's DNS; tried again at the next run",
            kind: .transient
        )
    }

    func unreachable(_ reason: String) -> Diagnostic {
        Diagnostic(
            "ENDPOINT-CONNECT",
            "\(place): could not connect to \(server): \(Escaped(reason))",
            fix: "Check that the server runs and that its firewall knows this machine's address; tried again at the next run",
            kind: .transient
        )
    }

    func handshake(_ reason: String) -> Diagnostic {
        Diagnostic(
            "ENDPOINT-HANDSHAKE",
            "\(place): \(server) accepted the connection but not the conversation: \(Escaped(reason, limit: 500))",
            fix: "The server may be starting, overloaded or limiting connections; tried again at the next run",
            kind: .transient
        )
    }

    // MARK: The host's key

    func mismatch(_ offered: [HostKeyFingerprint], _ trust: HostKeyTrust) -> Diagnostic {
        let expected = trust.trusted.map(\.fingerprint.description).joined(separator: ", ")
        let shown = offered.map(\.description).joined(separator: ", ")
        return Diagnostic(
            "HOST-KEY-MISMATCH",
            "\(place): \(server) shows the host key \(shown), but \(trust.source) says \(expected). Nothing was sent",
            fix: "Someone may be in between. Ask the server's owner, by telephone, whether the key changed. If it did: "
                + "host_keys: [\(offered.map { "\"\($0)\"" }.joined(separator: ", "))]"
        )
    }

    func revoked(_ fingerprint: HostKeyFingerprint, _ trust: HostKeyTrust) -> Diagnostic {
        Diagnostic(
            "HOST-KEY-REVOKED",
            "\(place): \(server) shows the host key \(fingerprint), which \(trust.source) revokes. Nothing was sent",
            fix: "Do not use this server until its owner has replaced the key"
        )
    }

    // MARK: Algorithms

    /// - Parameters:
    ///   - offer: what the server says; `nil` where it does not say.
    ///   - lack: who lacks what the policy would allow: `the installed libssh2 1.10.0`.
    ///   - canSwitch: whether the other transport may find an algorithm in common.
    func nothingInCommon(_ offer: ServerOffer?, lack: String, canSwitch: Bool) -> Diagnostic {
        guard let offer else {
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
            ? "\(lack) lacks what it wants. It offers host keys "
                + "\(offer.hostKeys.joined(separator: ", ")); ciphers \(offer.ciphers.joined(separator: ", ")); "
                + "MACs \(offer.macs.joined(separator: ", ")); key exchange \(offer.keyExchange.joined(separator: ", "))"
            : reasons.joined(separator: "; ")
        return refusedAlgorithms(why, switching: reasons.isEmpty && canSwitch)
    }

    func refusedAlgorithms(_ why: String, switching: Bool = false) -> Diagnostic {
        Diagnostic(
            "ALGORITHM-REFUSED",
            "\(place): no safe algorithm in common with \(server): \(Escaped(why, limit: 1500))",
            fix: switching
                ? "Write transport: openssh in this endpoint's settings: the installed ssh can do what the library cannot, RSA host keys among it"
                : "Ask the server's owner to enable an Ed25519 or ECDSA host key, aes128-ctr and hmac-sha2-256. "
                    + (settings.legacyUntil.map { "What legacy_algorithms allows ended with \($0): a later legacy_until is a new decision" }
                        ?? "Only if that cannot be had: name the old algorithm under legacy_algorithms of this endpoint, with legacy_until")
        )
    }

    // MARK: Login

    /// As the protocol names it.
    var method: String {
        switch settings.authentication {
        case .key, .agent, .configured: "publickey"
        case .password: "password"
        case .keyboardInteractive: "keyboard-interactive"
        }
    }

    func keyUnreadable(_ reason: String) -> Diagnostic {
        Diagnostic(
            "AUTH-KEY-UNREADABLE",
            "\(place): the private key cannot be used: \(Escaped(reason)). Either its passphrase is wrong or it is no private key",
            fix: "Check with ssh-keygen -y -f FILE; make a new one with ssh-keygen -t ed25519",
            kind: .unauthorised
        )
    }

    func loginLost(_ reason: String) -> Diagnostic {
        Diagnostic(
            "ENDPOINT-LOST",
            "\(place): the connection ended during the login of \(user): \(Escaped(reason, limit: 500))",
            fix: "Tried again at the next run; if it stays, look into the server's log",
            kind: .transient
        )
    }

    func loginRefused(_ reason: String) -> Diagnostic {
        Diagnostic(
            "AUTH-REFUSED",
            "\(place): the server refused the login of \(user) by \(method): \(Escaped(reason))",
            fix:
                "Not tried again, so that the account is not locked. Check the user, the \(method == "publickey" ? "key and that its .pub line is installed" : "password") "
                + "and that the account has not expired",
            kind: .unauthorised
        )
    }

    func missingMethod(_ methods: [String]) -> Diagnostic {
        Diagnostic(
            "AUTH-METHOD",
            "\(place): the server does not offer \(method) to \(user), but \(Escaped(methods.joined(separator: ", ")))",
            fix: "Configure one of those: identity (publickey), password, or keyboard_interactive",
            kind: .unauthorised
        )
    }

    func noAgent(_ reason: String) -> Diagnostic {
        Diagnostic(
            "AUTH-AGENT",
            "\(place): no key agent answers: \(Escaped(reason))",
            fix: "Start ssh-agent for this service and set SSH_AUTH_SOCK, or use identity with a key file",
            kind: .unauthorised
        )
    }

    func channelRefused(_ reason: String) -> Diagnostic {
        Diagnostic(
            "SFTP-UNAVAILABLE",
            "\(place): logged in as \(user), but the server opened no SFTP channel: \(Escaped(reason, limit: 500))",
            fix: "Ask whether SFTP is enabled for this account and whether its home folder exists",
            kind: .transient
        )
    }
}
