package import Domain

/// How to reach one SFTP account.
package struct SFTPSettings: Sendable {
    package var host: String
    package var port: Int
    package var user: String
    package var authentication: Authentication
    package var hostKeys: HostKeys
    package var deadlines: Deadlines
    package var algorithms: AlgorithmPolicy
    /// The last day on which weak algorithms of `algorithms` are accepted; `nil` without an end.
    package var legacyUntil: CivilDate?
    /// The last day of the key, the password or the certificate, as its owner said; `nil` without one.
    package var credentialUntil: CivilDate?
    /// How many connections a backlog of files may take at a time.
    package var connections: Int
    package var transport: Transport
    /// A configuration file of OpenSSH, for jump hosts, certificates and hardware keys. Only for `.openSSH`.
    package var sshConfig: String?
    /// The program of `.openSSH`, found on the PATH.
    package var sshProgram: String
    /// Where a probe may write, for a moment; `nil`: nowhere.
    package var probeFolder: String?
    /// How often a silent connection shows that it is alive; `nil`: never.
    package var keepAlive: Duration?
    /// How many connections to the host all endpoints, flows and processes may have at a time.
    package var hostConnections: Int
    /// How many refused logins in a row end all further ones.
    package var loginFailures: Int

    /// What carries the SFTP conversation.
    package enum Transport: String, Sendable, CaseIterable {
        case libSSH2 = "libssh2"
        /// The system's `ssh`.
        case openSSH = "openssh"
    }

    /// Without the setting: a quarter of the waiting, and below what servers commonly allow.
    package static let standardConnections = 4
    package static let connectionRange: ClosedRange<Int64> = 1...8
    /// OpenSSH drops some of those who are logging in beyond ten.
    package static let standardHostConnections = 8
    package static let hostConnectionRange: ClosedRange<Int64> = 1...64
    package static let standardLoginFailures = 3
    package static let loginFailureRange: ClosedRange<Int64> = 1...10
    /// Cheap routers forget a silent connection after half a minute.
    package static let standardKeepAlive = Duration.seconds(20)

    /// Exactly one way to log in: trying several would spend the attempts that lock an account (F11).
    package enum Authentication: Sendable {
        /// The private key's text, as `ssh-keygen` writes it, with its passphrase if it has one.
        case key(Secret, passphrase: Secret?)
        case password(Secret)
        /// The password, for servers that ask for it as a question.
        case keyboardInteractive(Secret)
        /// A running agent; `nil` is the one that `SSH_AUTH_SOCK` names.
        case agent(socket: String?)
        /// As `sshConfig` says.
        case configured
    }

    /// What the server's key must be. There is no trust on first use (S4).
    package enum HostKeys: Hashable, Sendable {
        /// `SHA256:…`, as `ssh-keygen -lf` prints it. Several for rotation, or for many nodes behind one name.
        case pinned([HostKeyFingerprint])
        /// A file in the format of OpenSSH.
        case knownHosts(path: String)
    }

    package struct Deadlines: Hashable, Sendable {
        /// From the first packet to the open SFTP channel.
        package var connect: Duration
        /// Without any answer or any byte.
        package var idle: Duration

        package init(connect: Duration = .seconds(10), idle: Duration = .seconds(30)) {
            self.connect = connect
            self.idle = idle
        }
    }

    package init(
        host: String,
        port: Int = 22,
        user: String,
        authentication: Authentication,
        hostKeys: HostKeys,
        deadlines: Deadlines = Deadlines(),
        algorithms: AlgorithmPolicy = .current,
        legacyUntil: CivilDate? = nil,
        credentialUntil: CivilDate? = nil,
        connections: Int = SFTPSettings.standardConnections,
        transport: Transport = .libSSH2,
        sshConfig: String? = nil,
        sshProgram: String = "ssh",
        probeFolder: String? = nil,
        keepAlive: Duration? = SFTPSettings.standardKeepAlive,
        hostConnections: Int = SFTPSettings.standardHostConnections,
        loginFailures: Int = SFTPSettings.standardLoginFailures
    ) {
        self.host = host
        self.port = port
        self.user = user
        self.authentication = authentication
        self.hostKeys = hostKeys
        self.deadlines = deadlines
        self.algorithms = algorithms
        self.legacyUntil = legacyUntil
        self.credentialUntil = credentialUntil
        self.connections = connections
        self.transport = transport
        self.sshConfig = sshConfig
        self.sshProgram = sshProgram
        self.probeFolder = probeFolder
        self.keepAlive = keepAlive
        self.hostConnections = hostConnections
        self.loginFailures = loginFailures
    }
}
