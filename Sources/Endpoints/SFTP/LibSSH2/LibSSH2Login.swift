import Domain

/// The one login attempt. Its failure is `.unauthorised`, which nobody retries: accounts lock (F11).
struct LibSSH2Login {
    let fault: SFTPFault
    let calls: LibSSH2Calls

    /// An agent may hold many keys; servers close the connection after about six wrong ones.
    private static let agentKeysTried = 5

    func perform(on link: SSHLink) throws {
        do {
            let methods = try offeredMethods(link)
            if methods.isEmpty { return }
            guard methods.contains(fault.method) else { throw fault.missingMethod(methods) }
            try attempt(link)
            guard calls.isAuthenticated(link.session) else { throw fault.loginRefused("the server wants more than \(fault.method)") }
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

    private var settings: SFTPSettings { fault.settings }

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
        case .configured:
            throw fault.noAgent("ssh_config needs transport: openssh")
        }
    }

    private func attemptAgent(_ link: SSHLink, _ path: String?) throws {
        guard let agent = calls.makeAgent(link.session) else { throw fault.noAgent("out of memory") }
        defer { calls.freeAgent(agent) }
        guard calls.connectAgent(agent, path) == 0 else { throw fault.noAgent(calls.lastError(link.session).text) }
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
                if isPastLast { throw fault.loginRefused(index == 0 ? "the agent holds no key" : "none of the agent's \(index) keys is accepted") }
                return
            } catch SSHFailure.library(_, _) {
                continue
            }
        }
        throw fault.loginRefused("none of the agent's first \(Self.agentKeysTried) keys is accepted")
    }

    // MARK: Explaining

    private func explained(_ failure: SSHFailure) -> any Error {
        switch failure {
        case .cancelled: CancellationError()
        case .library(SSHCode.file, let text), .library(SSHCode.keyFileAuthenticationFailed, let text),
            .lost(SSHCode.unspecific, let text), .lost(SSHCode.malformed, let text):
            fault.keyUnreadable(text)
        case .library(_, let text): fault.loginRefused(text)
        case .refused, .lost, .silent: fault.loginLost(failure.text)
        }
    }
}
