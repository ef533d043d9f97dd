import Domain

/// The one login attempt. Its failure is `.unauthorised`, which nobody retries: accounts lock (F11).
struct SFTPLogin {
    let place: String
    let settings: SFTPSettings
    let calls: LibSSH2Calls

    /// An agent may hold many keys; servers close the connection after about six wrong ones.
    private static let agentKeysTried = 5

    func perform(on link: SSHLink) throws {
        do {
            let methods = try offeredMethods(link)
            if methods.isEmpty { return }
            guard methods.contains(method) else { throw missingMethod(methods) }
            try attempt(link)
            guard calls.isAuthenticated(link.session) else { throw refused("the server wants more than \(method)") }
        } catch let failure as SSHFailure {
            throw explained(failure)
        }
    }

    /// Empty where the server asks for nothing.
    private func offeredMethods(_ link: SSHLink) throws(SSHFailure) -> [String] {
        let list: String = try link.obtain {
            if let list = calls.authenticationMethods(link.session, settings.user) { return list }
            return calls.isAuthenticated(link.session) ? "" : nil
        }
        return list.split(separator: ",").map(String.init)
    }

    private var method: String {
        switch settings.authentication {
        case .key, .agent: "publickey"
        case .password: "password"
        case .keyboardInteractive: "keyboard-interactive"
        }
    }

    private func attempt(_ link: SSHLink) throws {
        let (session, user) = (link.session, settings.user)
        switch settings.authentication {
        case .key(let key, let passphrase):
            let pair = LibSSH2Calls.KeyPair(privateKey: Array(key.reveal().utf8), passphrase: passphrase?.reveal())
            try link.complete { calls.publicKey(session, user, pair) }
        case .password(let password):
            try link.complete { calls.password(session, user, password.reveal()) }
        case .keyboardInteractive(let answer):
            try link.complete { calls.keyboardInteractive(session, user, answer.reveal()) }
        case .agent(let path):
            try attemptAgent(link, path)
        }
    }

    private func attemptAgent(_ link: SSHLink, _ path: String?) throws {
        guard let agent = calls.makeAgent(link.session) else { throw noAgent("out of memory") }
        defer { calls.freeAgent(agent) }
        guard calls.connectAgent(agent, path) == 0 else { throw noAgent(calls.lastError(link.session).text) }
        for index in 0..<Self.agentKeysTried {
            var isPastLast = false
            do {
                try link.complete {
                    guard let code = calls.agentKey(agent, index, settings.user) else {
                        isPastLast = true
                        return 0
                    }
                    return code
                }
                if isPastLast { throw refused(index == 0 ? "the agent holds no key" : "none of the agent's \(index) keys is accepted") }
                return
            } catch SSHFailure.library(_, _) {
                continue
            }
        }
        throw refused("none of the agent's first \(Self.agentKeysTried) keys is accepted")
    }

    // MARK: Explaining

    private func explained(_ failure: SSHFailure) -> any Error {
        switch failure {
        case .cancelled: CancellationError()
        case .library(SSHCode.file, let text), .library(SSHCode.keyFileAuthenticationFailed, let text),
            .lost(SSHCode.unspecific, let text), .lost(SSHCode.malformed, let text):
            Diagnostic(
                "AUTH-KEY-UNREADABLE",
                "\(place): the private key cannot be used: \(text). Either its passphrase is wrong or it is no private key",
                fix: "Check with ssh-keygen -y -f FILE; make a new one with ssh-keygen -t ed25519",
                kind: .unauthorised
            )
        case .library(_, let text): refused(text)
        case .refused, .lost, .silent:
            Diagnostic(
                "ENDPOINT-LOST",
                "\(place): the connection ended during the login of \(Escaped(settings.user)): \(failure.text)",
                fix: "Tried again at the next run; if it stays, look into the server's log",
                kind: .transient
            )
        }
    }

    private func refused(_ reason: String) -> Diagnostic {
        Diagnostic(
            "AUTH-REFUSED",
            "\(place): the server refused the login of \(Escaped(settings.user)) by \(method): \(Escaped(reason))",
            fix:
                "Not tried again, so that the account is not locked. Check the user, the \(method == "publickey" ? "key and that its .pub line is installed" : "password") "
                + "and that the account has not expired",
            kind: .unauthorised
        )
    }

    private func missingMethod(_ methods: [String]) -> Diagnostic {
        Diagnostic(
            "AUTH-METHOD",
            "\(place): the server does not offer \(method) to \(Escaped(settings.user)), but \(Escaped(methods.joined(separator: ", ")))",
            fix: "Configure one of those: identity (publickey), password, or keyboard_interactive",
            kind: .unauthorised
        )
    }

    private func noAgent(_ reason: String) -> Diagnostic {
        Diagnostic(
            "AUTH-AGENT",
            "\(place): no key agent answers: \(reason)",
            fix: "Start ssh-agent for this service and set SSH_AUTH_SOCK, or use identity with a key file",
            kind: .unauthorised
        )
    }
}
