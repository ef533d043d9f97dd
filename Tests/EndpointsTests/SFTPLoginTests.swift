import Domain
import Endpoints
import TestKit
import Testing

struct SFTPLoginTests {
    enum Key: String, CaseIterable {
        case ed25519, ecdsa, encryptedEd25519, encryptedECDSA

        func authentication(_ keys: SSHServer.ClientKeys) -> SFTPSettings.Authentication {
            switch self {
            case .ed25519: .key(Secret(keys.ed25519.privateText), passphrase: nil)
            case .ecdsa: .key(Secret(keys.ecdsa.privateText), passphrase: nil)
            case .encryptedEd25519: .key(Secret(keys.encryptedEd25519.privateText), passphrase: Secret(SSHServer.passphrase))
            case .encryptedECDSA: .key(Secret(keys.encryptedECDSA.privateText), passphrase: Secret(SSHServer.passphrase))
            }
        }
    }

    @Test(arguments: Key.allCases, SFTPSettings.Transport.allCases)
    func `a key of each kind logs in, encrypted or not`(_ key: Key, by transport: SFTPSettings.Transport) async throws {
        let server = try SSHServer.shared.get()
        let endpoint = try SFTPEndpoint.to(server, authentication: key.authentication(server.keys), transport: transport)

        let home = try await endpoint.withSession { try $0.stat(RemotePath(folder: "", name: "absent")) }

        #expect(home == nil)
    }

    @Test(.enabled(if: SSHServer.isIsolated, "needs an account of its own, so root"), arguments: SFTPSettings.Transport.allCases)
    func `a password logs in`(by transport: SFTPSettings.Transport) async throws {
        let endpoint = try SFTPEndpoint.to(SSHServer.shared.get(), authentication: .password(Secret(SSHServer.password)), transport: transport)

        try await endpoint.withSession { _ in }
    }

    @Test(.enabled(if: SSHServer.isIsolated, "needs an account of its own, so root"), arguments: SFTPSettings.Transport.allCases)
    func `a password asked as a question logs in, and a wrong one is refused`(by transport: SFTPSettings.Transport) async throws {
        var options = SSHServer.Options()
        options.asksPasswordAsQuestion = true
        let server = try SSHServer(options)

        try await SFTPEndpoint.to(server, authentication: .keyboardInteractive(Secret(SSHServer.password)), transport: transport).withSession { _ in }
        let wrong = try await diagnostic {
            try await SFTPEndpoint.to(server, authentication: .keyboardInteractive(Secret("wrong")), transport: transport).withSession { _ in }
        }
        let method = try await diagnostic {
            try await SFTPEndpoint.to(server, authentication: .password(Secret(SSHServer.password)), transport: transport).withSession { _ in }
        }

        #expect(wrong.code == "AUTH-REFUSED")
        #expect(wrong.kind == .unauthorised)
        #expect(method.code == "AUTH-METHOD")
        #expect(method.summary.contains("keyboard-interactive"))
    }

    @Test(arguments: SFTPSettings.Transport.allCases)
    func `an agent logs in with the first key that is accepted`(by transport: SFTPSettings.Transport) async throws {
        let server = try SSHServer.shared.get()
        let unknown = try SSHKeyPair(.ed25519, in: TemporaryFolder.kept, named: "agent-stranger-\(transport)")
        let agent = try SSHAgent(holding: [server.keys.rsa, unknown, server.keys.ed25519])

        try await SFTPEndpoint.to(server, authentication: .agent(socket: agent.socket), transport: transport).withSession { _ in }
    }

    @Test(arguments: SFTPSettings.Transport.allCases)
    func `an agent without an accepted key, and no agent at all, say so`(by transport: SFTPSettings.Transport) async throws {
        let server = try SSHServer.shared.get()
        let agent = try SSHAgent(holding: [])

        let empty = try await diagnostic {
            try await SFTPEndpoint.to(server, authentication: .agent(socket: agent.socket), transport: transport).withSession { _ in }
        }
        let absent = try await diagnostic {
            try await SFTPEndpoint.to(server, authentication: .agent(socket: "/nonexistent"), transport: transport).withSession { _ in }
        }

        #expect(empty.code == "AUTH-REFUSED")
        #expect(empty.summary.contains("holds no key"))
        #expect(absent.code == "AUTH-AGENT")
    }

    @Test func `F21 an RSA key is explained by name before anything is sent`() async throws {
        let server = try SSHServer.shared.get()
        let proxy = FaultProxy(to: server.port)
        let endpoint = try SFTPEndpoint.to(
            server,
            port: proxy.port,
            authentication: .key(Secret(server.keys.rsa.privateText), passphrase: nil)
        )

        let refusal = try await diagnostic { try await endpoint.withSession { _ in } }

        #expect(refusal.code == "AUTH-KEY-RSA")
        #expect(refusal.kind == .unauthorised)
        #expect(refusal.fix.contains("ssh-keygen -t ed25519"))
        #expect(refusal.fix.contains("transport: openssh"))
        #expect(proxy.connectionCount == 0)
    }

    @Test(arguments: SFTPSettings.Transport.allCases)
    func `F11 a refused login is one attempt only, even behind the retrying endpoint`(by transport: SFTPSettings.Transport) async throws {
        let server = try SSHServer.shared.get()
        let proxy = FaultProxy(to: server.port)
        let unknown = try SSHKeyPair(.ed25519, in: TemporaryFolder.kept, named: "stranger-\(transport)")
        let endpoint = try SFTPEndpoint.to(
            server,
            port: proxy.port,
            authentication: .key(Secret(unknown.privateText), passphrase: nil),
            transport: transport
        )
        let clock = ManualTimeline()

        let refusal = try await diagnostic {
            try await RetryingEndpoint(endpoint, timeline: clock.timeline).withSession { _ in }
        }

        #expect(refusal.code == "AUTH-REFUSED")
        #expect(refusal.kind == .unauthorised)
        #expect(refusal.fix.contains("not locked"))
        #expect(proxy.connectionCount == 1)
        #expect(clock.slept.isEmpty)
    }

    @Test(.enabled(if: SSHServer.isIsolated, "needs an account of its own, so root"), arguments: SFTPSettings.Transport.allCases)
    func `F11 a wrong password is refused and is in no message`(by transport: SFTPSettings.Transport) async throws {
        let endpoint = try SFTPEndpoint.to(SSHServer.shared.get(), authentication: .password(Secret("hunter2-wrong")), transport: transport)

        let refusal = try await diagnostic { try await endpoint.withSession { _ in } }

        #expect(refusal.code == "AUTH-REFUSED")
        #expect(!"\(refusal)".contains("hunter2"))
    }

    @Test(arguments: [Secret("wrong"), nil], SFTPSettings.Transport.allCases)
    func `an encrypted key without its passphrase says so`(_ passphrase: Secret?, by transport: SFTPSettings.Transport) async throws {
        let server = try SSHServer.shared.get()
        let key = Secret(server.keys.encryptedEd25519.privateText)

        let refusal = try await diagnostic {
            try await SFTPEndpoint.to(server, authentication: .key(key, passphrase: passphrase), transport: transport).withSession { _ in }
        }

        #expect(refusal.code == "AUTH-KEY-UNREADABLE")
        #expect(refusal.kind == .unauthorised)
    }

    @Test(arguments: SFTPSettings.Transport.allCases)
    func `what is no key at all says so`(by transport: SFTPSettings.Transport) async throws {
        let refusal = try await diagnostic {
            try await SFTPEndpoint.to(
                SSHServer.shared.get(), authentication: .key(Secret("nonsense"), passphrase: nil), transport: transport
            ).withSession { _ in }
        }

        #expect(refusal.code == "AUTH-KEY-UNREADABLE", "\(refusal)")
    }
}

extension TemporaryFolder {
    /// For keys of single tests; gone with the process.
    static let kept = TemporaryFolder()
}
