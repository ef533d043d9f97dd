import Domain
import Glibc

/// The call of `ssh` for one connection, and what must live as long as it.
///
/// Nothing secret is in its arguments or in its environment: the private key and the passphrase are files of memory that only this
/// account may read (`SecretFile`). The host's key is judged by `ssh` itself before it sends any credential, by a command of
/// ours that gives back the key just when its fingerprint is a trusted one (decision 0140).
struct SSHCommand {
    let arguments: [String]
    let environment: [String]
    /// Gone, together with what they hold, when the connection is up or has failed.
    private let key: SecretFile?
    private let askpass: Askpass?

    /// - Parameter hostKeys: the algorithms by which the host may prove itself.
    /// - Throws: `SystemError` where the machine has no room for the secrets.
    init(_ settings: SFTPSettings, hostKeys: [String], trust: HostKeyTrust) throws(SystemError) {
        var options = Self.standard(settings, hostKeys: hostKeys, trust: trust)
        var environment = ["LC_ALL=C"]
        for name in ["PATH", "HOME", "USER", "LOGNAME"] {
            if let value = getenv(name) { environment.append("\(name)=\(String(cString: value))") }
        }
        var question: (Askpass.Question, Secret?)?
        switch settings.authentication {
        case .key(let text, let passphrase):
            let text = text.reveal()
            // Without its last line's end `ssh` does not know a key.
            let file = try SecretFile(text.hasSuffix("\n") ? text : text + "\n")
            key = file
            options += Self.publicKeyOnly + ["IdentitiesOnly=yes", "IdentityFile=\(file.path)", "IdentityAgent=none"]
            question = (.passphrase(keyPath: file.path), passphrase)
        case .password(let password):
            key = nil
            options += ["PreferredAuthentications=password", "PasswordAuthentication=yes", "PubkeyAuthentication=no"]
            question = (.password(user: settings.user, host: settings.host), password)
        case .keyboardInteractive(let password):
            key = nil
            options += [
                "PreferredAuthentications=keyboard-interactive", "KbdInteractiveAuthentication=yes", "PubkeyAuthentication=no",
            ]
            question = (.password(user: settings.user, host: settings.host), password)
        case .agent:
            key = nil
            options += Self.publicKeyOnly + ["IdentityFile=none", "IdentityAgent=\(Self.quoted(settings.agentSocket ?? "none"))"]
        case .configured:
            key = nil
            options += ["PasswordAuthentication=no", "KbdInteractiveAuthentication=no"]
            if let socket = settings.agentSocket { environment.append("SSH_AUTH_SOCK=\(socket)") }
        }
        if let (question, answer) = question {
            let program = try Askpass(question, answer: answer?.reveal())
            askpass = program
            options += ["BatchMode=no", "NumberOfPasswordPrompts=1"]
            environment += ["SSH_ASKPASS=\(program.program)", "SSH_ASKPASS_REQUIRE=force", "DISPLAY=none"]
        } else {
            askpass = nil
            options += ["BatchMode=yes"]
        }
        arguments =
            [settings.sshProgram, "-F", settings.sshConfig ?? "none", "-p", "\(settings.port)", "-l", settings.user]
            + options.flatMap { ["-o", $0] } + ["-s", "--", settings.host, "sftp"]
        self.environment = environment
    }

    private static let publicKeyOnly = [
        "PreferredAuthentications=publickey", "PubkeyAuthentication=yes", "PasswordAuthentication=no", "KbdInteractiveAuthentication=no",
    ]

    private static func standard(_ settings: SFTPSettings, hostKeys: [String], trust: HostKeyTrust) -> [String] {
        let algorithms = settings.algorithms
        // Its cipher in one pass is the faster one here (decision 0140); the library's is not (decision 0061).
        let ciphers = algorithms.ciphers.filter { $0.contains("-gcm") } + algorithms.ciphers.filter { !$0.contains("-gcm") }
        let options = [
            "LogLevel=DEBUG1",
            // The host's key.
            "StrictHostKeyChecking=yes", "UserKnownHostsFile=none", "GlobalKnownHostsFile=none", "UpdateHostKeys=no", "CheckHostIP=no",
            "VerifyHostKeyDNS=no", "NoHostAuthenticationForLocalhost=no", "HostKeyAlias=none", "KnownHostsCommand=\(judge(trust))",
            "HostKeyAlgorithms=\(hostKeys.joined(separator: ","))",
            // The conversation.
            "KexAlgorithms=\(algorithms.keyExchange.joined(separator: ","))", "Ciphers=\(ciphers.joined(separator: ","))",
            "MACs=\(algorithms.macs.joined(separator: ","))", "Compression=no",
            "ServerAliveInterval=\(settings.keepAlive.map { max($0.components.seconds, 1) } ?? 0)", "ServerAliveCountMax=3", "TCPKeepAlive=yes",
            "ConnectTimeout=\(max(Int(settings.deadlines.connect.components.seconds), 1))", "ConnectionAttempts=1",
            // Nothing besides.
            "ControlMaster=no", "ControlPath=none", "ControlPersist=no", "PermitLocalCommand=no", "ForwardAgent=no", "ForwardX11=no",
            "ClearAllForwardings=yes", "Tunnel=no", "RequestTTY=no", "EscapeChar=none", "GSSAPIAuthentication=no",
            "HostbasedAuthentication=no", "AddKeysToAgent=no", "ForkAfterAuthentication=no", "StdinNull=no", "SendEnv=-*",
        ]
        return options.filter { $0 != "HostKeyAlias=none" } + (algorithms.hostKeys.contains("ssh-rsa") ? ["PubkeyAcceptedAlgorithms=+ssh-rsa"] : [])
    }

    /// A command that `ssh` asks for the keys of the host, with the one that the host has just shown: it knows that one, or none.
    private static func judge(_ trust: HostKeyTrust) -> String {
        let trusted = trust.trusted.map(\.fingerprint).filter { !trust.revoked.contains($0) }
        // A fingerprint is base64 (`HostKeyFingerprint`): nothing in it means anything to a shell.
        let patterns = trusted.isEmpty ? "none" : trusted.map(\.description).joined(separator: "|")
        return "/bin/sh -c 'case \"$1\" in \(patterns)) echo \"* $2 $3\" ;; esac' sh %f %t %K"
    }

    /// A value in which `ssh` replaces nothing and finds no end.
    private static func quoted(_ path: String) -> String { "\"\(path.replacing("%", with: "%%"))\"" }
}
