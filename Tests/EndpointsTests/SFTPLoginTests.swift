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

    @Test(arguments: Key.allCases)
    func `a key of each kind logs in, encrypted or not`(_ key: Key) async throws {
        let server = try SSHServer.shared.get()
        let endpoint = try SFTPEndpoint.to(server, authentication: key.authentication(server.keys))

        let home = try await endpoint.withSession { try $0.stat(RemotePath(folder: "", name: "absent")) }

        #expect(home == nil)
    }

    @Test(.enabled(if: SSHServer.isIsolated, "needs an account of its own, so root"))
    func `a password logs in`() async throws {
        let endpoint = try SFTPEndpoint.to(SSHServer.shared.get(), authentication: .password(Secret(SSHServer.password)))

        try await endpoint.withSession { _ in }
    }

    @Test(.enabled(if: SSHServer.isIsolated, "needs an account of its own, so root"))
    func `a password asked as a question logs in, and a wrong one is refused`() async throws {
        var options = SSHServer.Options()
        options.asksPasswordAsQuestion = true
        let server = try SSHServer(options)

        try await SFTPEndpoint.to(server, authentication: .keyboardInteractive(Secret(SSHServer.password))).withSession { _ in }
        let wrong = try await diagnostic {
            try await SFTPEndpoint.to(server, authentication: .keyboardInteractive(Secret("wrong"))).withSession { _ in }
        }
        let method = try await diagnostic {
            try await SFTPEndpoint.to(server, authentication: .password(Secret(SSHServer.password))).withSession { _ in }
        }

        #expect(wrong.code == "AUTH-REFUSED")
        #expect(wrong.kind == .unauthorised)
        #expect(method.code == "AUTH-METHOD")
        #expect(method.summary.contains("keyboard-interactive"))
    }

    @Test func `an agent logs in with the first key that is accepted`() async throws {
        let server = try SSHServer.shared.get()
        let unknown = try SSHKeyPair(.ed25519, in: TemporaryFolder.kept, named: "agent-stranger")
        let agent = try SSHAgent(holding: [server.keys.rsa, unknown, server.keys.ed25519])

        try await SFTPEndpoint.to(server, authentication: .agent(socket: agent.socket)).withSession { _ in }
    }

    @Test func `an agent without an accepted key, and no agent at all, say so`() async throws {
        let server = try SSHServer.shared.get()
        let agent = try SSHAgent(holding: [])

        let empty = try await diagnostic {
            try await SFTPEndpoint.to(server, authentication: .agent(socket: agent.socket)).withSession { _ in }
        }
        let absent = try await diagnostic {
            try await SFTPEndpoint.to(server, authentication: .agent(socket: "/nonexistent")).withSession { _ in }
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
        #expect(proxy.connectionCount == 0)
    }

    @Test func `F11 a refused login is one attempt only, even behind the retrying endpoint`() async throws {
        let server = try SSHServer.shared.get()
        let proxy = FaultProxy(to: server.port)
        let unknown = try SSHKeyPair(.ed25519, in: TemporaryFolder.kept, named: "stranger")
        let endpoint = try SFTPEndpoint.to(
            server,
            port: proxy.port,
            authentication: .key(Secret(unknown.privateText), passphrase: nil)
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

    @Test(.enabled(if: SSHServer.isIsolated, "needs an account of its own, so root"))
    func `F11 a wrong password is refused and is in no message`() async throws {
        let endpoint = try SFTPEndpoint.to(SSHServer.shared.get(), authentication: .password(Secret("hunter2-wrong")))

        let refusal = try await diagnostic { try await endpoint.withSession { _ in } }

        #expect(refusal.code == "AUTH-REFUSED")
        #expect(!"\(refusal)".contains("hunter2"))
    }

    @Test(arguments: [Secret("wrong"), nil])
    func `an encrypted key without its passphrase says so`(_ passphrase: Secret?) async throws {
        let server = try SSHServer.shared.get()
        let key = Secret(server.keys.encryptedEd25519.privateText)

        let refusal = try await diagnostic {
            try await SFTPEndpoint.to(server, authentication: .key(key, passphrase: passphrase)).withSession { _ in }
        }

        #expect(refusal.code == "AUTH-KEY-UNREADABLE")
        #expect(refusal.kind == .unauthorised)
    }

    @Test func `what is no key at all says so`() async throws {
        let refusal = try await diagnostic {
            try await SFTPEndpoint.to(SSHServer.shared.get(), authentication: .key(Secret("nonsense"), passphrase: nil)).withSession { _ in }
        }

        #expect(refusal.code == "AUTH-KEY-UNREADABLE", "\(refusal)")
    }
}

extension TemporaryFolder {
    /// For keys of single tests; gone with the process.
    static let kept = TemporaryFolder()
}
