import Domain
import Glibc

/// From settings to an SFTP channel by the system's `ssh`, for what the library cannot do: host and user keys of RSA, jump
/// hosts, certificates, hardware keys. The order is `LibSSH2Connector`'s, and so is what is said of each failure.
struct OpenSSHConnector: SFTPConnecting {
    let place: String
    let settings: SFTPSettings
    let timeline: Timeline
    let stop: SessionStop

    var address: String { "\(settings.host):\(settings.port)" }

    private var fault: SFTPFault { SFTPFault(place: place, settings: settings) }

    func connect() throws -> any SFTPChannel {
        let trust = try HostKeyTrust.load(settings, place: place)
        try checkAgent()
        let began = timeline.uptime()
        var shown: [HostKeyFingerprint] = []
        // What the server says that it has; unknown before it was asked for something else.
        var offer: [String]?
        for types in trust.attempts {
            let algorithms = settings.algorithms.hostKeys(of: types).filter { offer?.contains($0) ?? true }
            if algorithms.isEmpty { continue }
            switch try attempt(algorithms, trust, began: began) {
            case .connected(let channel): return channel
            case .otherKeyTypes(let types): offer = types
            case .otherKey(let fingerprint):
                if trust.judge(fingerprint) == .revoked { throw fault.revoked(fingerprint, trust) }
                shown.append(fingerprint)
            }
        }
        throw shown.isEmpty ? try nothingInCommon(offer) : fault.mismatch(shown, trust)
    }

    private enum Attempt {
        case connected(OpenSSHChannel)
        case otherKeyTypes([String])
        case otherKey(HostKeyFingerprint)
    }

    private func attempt(_ algorithms: [String], _ trust: HostKeyTrust, began: Duration) throws -> Attempt {
        try stop.check()
        let process: SSHProcess
        let command: SSHCommand
        do {
            command = try SSHCommand(settings, hostKeys: algorithms, trust: trust)
            process = try SSHProcess(
                command.arguments, environment: command.environment, deadlines: settings.deadlines, began: began, timeline: timeline,
                stop: stop
            )
        } catch { throw unstartable(error) }
        let channel = OpenSSHChannel(process, uptime: timeline.uptime)
        // What the command holds is needed until the login is over.
        defer { withExtendedLifetime(command) {} }
        do {
            try channel.begin()
            return .connected(channel)
        } catch {
            channel.close()
            switch error {
            case let failure as SSHFailure: return try explain(failure, process.report)
            case let refusal as OpenSSHChannel.NoSFTP: throw fault.channelRefused(refusal.text)
            default: throw error
            }
        }
    }

    private func checkAgent() throws {
        guard case .agent = settings.authentication else { return }
        guard let path = settings.agentSocket else { throw fault.noAgent("SSH_AUTH_SOCK is not set") }
        if let reason = UnixSocket.refusal(path) { throw fault.noAgent("\(path): \(reason.text)") }
    }
}

// MARK: Explaining

extension OpenSSHConnector {
    private func unstartable(_ reason: SystemError) -> Diagnostic {
        Diagnostic(
            "SSH-PROGRAM",
            "\(place): the program \(Escaped(settings.sshProgram)) cannot be started: \(reason.text)",
            fix: reason.number == ENOENT
                ? "Install it (apt-get install openssh-client), or write transport: libssh2"
                : "Tried again at the next run; if it stays, look at the limits of the service and at the rights on /proc and /tmp",
            kind: reason.number == ENOENT ? .permanent : .transient
        )
    }

    /// What became of an attempt that brought no channel, by the words of `ssh`.
    private func explain(_ failure: SSHFailure, _ report: SSHReport) throws -> Attempt {
        if case .cancelled = failure { throw CancellationError() }
        if let (family, offer) = report.lacking {
            if family == .hostKey { return .otherKeyTypes(offer) }
            throw try nothingInCommon(offer, family)
        }
        if report.contains("Host key verification failed"), let key = report.hostKey { return .otherKey(key) }
        if report.isAuthenticated { throw fault.channelRefused(reason(failure, report)) }
        throw refusal(failure, report) ?? unreachable(failure, report)
    }

    /// - Returns: `nil` where it did not come to a login, or the login was not refused.
    private func refusal(_ failure: SSHFailure, _ report: SSHReport) -> Diagnostic? {
        if let question = report.text(after: Askpass.notAnswered) {
            return fault.loginRefused("a question was asked that the settings have no answer to: \(question)")
        }
        let isRefused = ["Permission denied (", "Too many authentication failures", "No more authentication methods"].contains { report.contains($0) }
        if !isRefused { return nil }
        if case .key = settings.authentication {
            let isLocked = report.contains(Askpass.asked + "passphrase")
            if isLocked || report.contains("Load key \"/proc/") {
                let reason = report.text(after: "Load key \"/proc/").flatMap { $0.split(separator: "\": ").last.map(String.init) }
                return fault.keyUnreadable(reason ?? "it does not open")
            }
        }
        if let methods = report.methods, !methods.contains(fault.method) { return fault.missingMethod(methods) }
        if report.contains("with partial success") { return fault.loginRefused("the server wants more than \(fault.method)") }
        if report.contains("agent contains no identities") { return fault.loginRefused("the agent holds no key") }
        return fault.loginRefused(report.lastWords ?? "permission denied")
    }

    private func unreachable(_ failure: SSHFailure, _ report: SSHReport) -> Diagnostic {
        if let reason = report.text(after: "Could not resolve hostname ") {
            return fault.unresolvable(reason.split(separator: ": ", maxSplits: 1).last.map(String.init) ?? "unknown name")
        }
        if let reason = report.text(after: "ssh: connect to host ")?.split(separator: ": ", maxSplits: 1).last {
            return fault.unreachable(reason.hasSuffix("timed out") ? "no answer within \(settings.deadlines.connect.inSeconds)" : String(reason))
        }
        for mark in ["Bad SSH2 ", "Bad key types ", "Unsupported KEX algorithm "] where report.contains(mark) {
            return fault.refusedAlgorithms("the installed ssh does not know an algorithm of the settings (\(report.lastWords ?? ""))")
        }
        let marks = ["Bad configuration option", "Can't open user config file", "No user exists for uid"]
        if let words = report.lines.first(where: { line in marks.contains { line.contains($0) } }) {
            return Diagnostic(
                "SSH-PROGRAM", "\(place): ssh cannot be run with these settings: \(Escaped(words.utf8))",
                fix: "Try by hand as the service's account: ssh -F FILE -G HOST, with the file that ssh_config names"
            )
        }
        if report.isLoggingIn { return fault.loginLost(reason(failure, report)) }
        if case .silent = failure, !report.isEstablished, settings.sshConfig == nil {
            return fault.unreachable("no answer within \(settings.deadlines.connect.inSeconds)")
        }
        return fault.handshake(reason(failure, report))
    }

    private func reason(_ failure: SSHFailure, _ report: SSHReport) -> String {
        if case .silent = failure { return failure.text }
        return report.lastWords ?? failure.text
    }

    private func nothingInCommon(_ offer: [String]?, _ family: SSHReport.Family = .hostKey) throws -> Diagnostic {
        // Behind a jump host it cannot be asked directly.
        if settings.sshConfig == nil {
            let whole = try ServerOffer.asking(settings, place: place, timeline: timeline, stop: stop)
            return fault.nothingInCommon(whole, lack: "the installed ssh", canSwitch: false)
        }
        return fault.refusedAlgorithms("\(family.rawValue): the server offers only \(offer?.joined(separator: ", ") ?? "others")")
    }
}

extension SFTPSettings {
    /// The agent's socket, from the settings or the environment.
    var agentSocket: String? {
        if case .agent(let path?) = authentication { return path }
        return getenv("SSH_AUTH_SOCK").map { String(cString: $0) }
    }
}

extension AlgorithmPolicy {
    /// The names of this policy that prove keys of `types`.
    func hostKeys(of types: [HostKeyType]) -> [String] {
        hostKeys.filter(types.flatMap(\.algorithms).contains) + (types.contains(.rsa) ? hostKeys.filter { $0 == "ssh-rsa" } : [])
    }
}

enum UnixSocket {
    /// Why nobody answers there; `nil` where somebody does.
    static func refusal(_ path: String) -> SystemError? {
        var address = sockaddr_un()
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return SystemError(ENAMETOOLONG) }
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return SystemError(errno) }
        defer { Glibc.close(descriptor) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
        }
        return result == 0 ? nil : SystemError(errno)
    }
}
