import Domain
import Endpoints
import Glibc
import TestKit
import Testing

/// What the second transport is for, and what a program between us and the server must not spoil.
struct OpenSSHTransportTests {
    private func rsaOnly() throws -> SSHServer {
        var options = SSHServer.Options()
        options.hostKeys = [.rsa]
        return try SSHServer(options)
    }

    private func rsaKey(_ server: SSHServer) -> SFTPSettings.Authentication { .key(Secret(server.keys.rsa.privateText), passphrase: nil) }

    @Test func `F21 a server with an RSA host key only and an account with an RSA user key are served like any other`() async throws {
        let server = try rsaOnly()
        let content = SeededRandom.content(700_000)
        let endpoint = try SFTPEndpoint.to(server, authentication: rsaKey(server), transport: .openSSH)

        let (names, back) = try await endpoint.withSession { session in
            let (partial, final) = (RemotePath(folder: "", name: "ORD.tmp"), RemotePath(folder: "", name: "ORD.csv"))
            try session.put(partial, content)
            try session.rename(partial, to: final)
            return (try session.names(in: ""), try session.content(of: final))
        }

        #expect(names == ["ORD.csv"])
        #expect(back == content)
        #expect(server.home.read("ORD.csv") == content)
    }

    @Test func `an RSA host key that is not the pinned one stops before any credential, and is shown`() async throws {
        var options = SSHServer.Options()
        options.hostKeys = [.rsa]
        options.configuration = ["LogLevel DEBUG1"]
        let server = try SSHServer(options)
        let other = try SSHKeyPair(.rsa, in: TemporaryFolder.kept, named: "another-rsa")
        let pin = try #require(HostKeyFingerprint(other.fingerprint()))

        let refusal = try await diagnostic {
            try await SFTPEndpoint.to(server, authentication: rsaKey(server), hostKeys: .pinned([pin]), transport: .openSSH).withSession { _ in }
        }
        server.stop()
        let log = server.log(until: "\u{0}")

        #expect(refusal.code == "HOST-KEY-MISMATCH")
        #expect(try refusal.summary.contains(server.hostKeys[0].fingerprint()))
        #expect(log.contains("Connection from 127.0.0.1"))
        #expect(!log.contains("userauth"))
    }

    @Test(.enabled(if: SSHServer.isIsolated, "needs an account of its own, so root"))
    func `no secret is in the arguments or the environment of the program or of what it starts`() async throws {
        let server = try SSHServer.shared.get()
        let key = server.keys.encryptedEd25519.privateText
        let ways: [SFTPSettings.Authentication] = [
            .key(Secret(key), passphrase: Secret(SSHServer.passphrase)), .password(Secret(SSHServer.password)),
        ]
        for way in ways {
            try await SFTPEndpoint.to(server, authentication: way, transport: .openSSH).withSession { _ in
                let programs = ProcessTree.descendants(of: getpid()).filter { $0.command.contains("-p \(server.port) ") }
                #expect(!programs.isEmpty)
                for id in (programs + programs.flatMap { ProcessTree.descendants(of: $0.id) }).map(\.id) {
                    for part in ["cmdline", "environ"] {
                        let text = String(decoding: TemporaryFolder.content(of: "/proc/\(id)/\(part)") ?? [], as: UTF8.self)
                        #expect(!text.contains(SSHServer.password) && !text.contains(SSHServer.passphrase))
                        #expect(!text.contains(key.split(separator: "\n")[1]))
                    }
                }
            }
        }
    }

    @Test func `at every end the program is gone, whether it served, was refused, was cancelled or the body failed`() async throws {
        struct Enough: Error {}
        let server = try SSHServer()
        let unknown = try SSHKeyPair(.ed25519, in: TemporaryFolder.kept, named: "ends-stranger")
        let endpoint = try SFTPEndpoint.to(server, transport: .openSSH)
        @Sendable func programs() -> [ProcessTree.Entry] {
            ProcessTree.descendants(of: getpid()).filter { $0.command.contains("-p \(server.port) ") }
        }

        try await endpoint.withSession { _ in #expect(!programs().isEmpty) }
        #expect(programs().isEmpty)

        await #expect(throws: Enough.self) { try await endpoint.withSession { _ in throw Enough() } }
        #expect(programs().isEmpty)

        let refused = try SFTPEndpoint.to(server, authentication: .key(Secret(unknown.privateText), passphrase: nil), transport: .openSSH)
        _ = try await diagnostic { try await refused.withSession { _ in } }
        #expect(programs().isEmpty)

        let (started, begin) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            try await endpoint.withSession { session in
                begin.yield()
                while true { _ = try session.stat(RemotePath(folder: "", name: "absent")) }
            }
        }
        for await _ in started { break }
        task.cancel()
        guard case .failure(let error) = await task.result else {
            Issue.record("an endless loop ended without an error")
            return
        }
        #expect(error is CancellationError)
        #expect(programs().isEmpty)
    }

    @Test func `no descriptor is left behind by sessions that worked, failed or never came about`() async {
        await #expect(processExitsWith: .success) {
            func open() -> Int { FileManagerNames.count("/proc/self/fd") }
            let server = try SSHServer()
            let unknown = try SSHKeyPair(.ed25519, in: TemporaryFolder.kept, named: "stranger")
            let refusing = RefusingPort()
            let endpoints = [
                try SFTPEndpoint.to(server, transport: .openSSH),
                try SFTPEndpoint.to(server, authentication: .key(Secret(unknown.privateText), passphrase: Secret("x")), transport: .openSSH),
                try SFTPEndpoint.to(server, port: refusing.number, transport: .openSSH),
            ]
            for endpoint in endpoints { try? await endpoint.withSession { _ in } }
            let before = open()
            for endpoint in endpoints {
                for _ in 0..<3 {
                    try? await endpoint.withSession { session in
                        try session.put(RemotePath(folder: "", name: "a"), [1])
                    }
                }
            }
            withExtendedLifetime(refusing) {}
            precondition(before > 0 && open() == before, "\(before) descriptors became \(open())")
        }
    }

    // MARK: Deadlines

    @Test func `F2 a server that never says a word is left at the deadline, by the second transport too`() async throws {
        let server = try SSHServer.shared.get()
        let proxy = FaultProxy(to: server.port, plans: [.silent])
        let deadlines = SFTPSettings.Deadlines(connect: .seconds(2), idle: .seconds(120))
        let endpoint = try SFTPEndpoint.to(server, port: proxy.port, deadlines: deadlines, transport: .openSSH)
        let clock = ContinuousClock()

        let begin = clock.now
        let failure = try await diagnostic { try await endpoint.withSession { _ in } }

        #expect(failure.code == "ENDPOINT-HANDSHAKE")
        #expect(failure.kind == .transient)
        // Far from the idle deadline: a busy machine may resume the test's task late.
        #expect(begin.duration(to: clock.now) < .seconds(100))
    }

    @Test func `F5 a silent stall ends within the idle deadline and one second, by the second transport too`() async throws {
        let server = try SSHServer.shared.get()
        server.home.write("stall-openssh", SeededRandom.content(4_000_000))
        let proxy = FaultProxy(to: server.port, plans: [.stall(.fromServer, after: 1_000_000)])
        let endpoint = try SFTPEndpoint.to(server, port: proxy.port, deadlines: .init(connect: .seconds(10), idle: .seconds(2)), transport: .openSSH)

        let failure = try await diagnostic {
            try await endpoint.withSession { session in
                let clock = ContinuousClock()
                var alive = clock.now
                defer { #expect((.seconds(1.9)...Duration.seconds(3)).contains(alive.duration(to: clock.now))) }
                try session.read(RemotePath(folder: "", name: "stall-openssh")) { _ in alive = clock.now }
            }
        }

        #expect(failure.code == "ENDPOINT-LOST")
        #expect(failure.summary.contains("no answer for 2 s"))
    }

    @Test func `F12 an upload cut at any quarter leaves no final file by the second transport, and the next attempt succeeds`() async throws {
        let server = try SSHServer()
        let content = SeededRandom.content(400_000)
        let plans = (0..<4).flatMap { [FaultProxy.Fault.reset(.fromClient, after: 20_000 + $0 * 90_000), .none] }
        let proxy = FaultProxy(to: server.port, plans: plans)
        let endpoint = try SFTPEndpoint.to(server, port: proxy.port, transport: .openSSH)
        let (partial, final) = (RemotePath(folder: "", name: "ORD.tmp"), RemotePath(folder: "", name: "ORD.csv"))

        for _ in 0..<4 {
            let failure = try await diagnostic {
                try await endpoint.withSession { session in
                    try session.put(partial, content)
                    try session.rename(partial, to: final)
                }
            }
            #expect(failure.kind == .ambiguous, "\(failure)")
            #expect(server.home.read("ORD.csv") == nil)
            try await endpoint.withSession { session in
                try session.remove(partial)
                try session.put(partial, content)
                try session.rename(partial, to: final)
                #expect(try session.content(of: final) == content)
                try session.remove(final)
            }
        }
    }

    @Test func `a file is replaced at once where the server can do it`() async throws {
        let endpoint = try SFTPEndpoint.to(SSHServer.shared.get(), transport: .openSSH)

        #expect(try await endpoint.withSession { $0.capabilities.replacement } == .atomic)
    }

    // MARK: What the program itself may say

    @Test func `a machine without the program says what to install`() async throws {
        let server = try SSHServer.shared.get()
        let settings = SFTPSettings(
            host: "127.0.0.1", port: server.port, user: server.user, authentication: .password(Secret("p")),
            hostKeys: .pinned([HostKeyFingerprint(key: [1])]), transport: .openSSH, sshProgram: "/nonexistent/ssh"
        )

        let failure = try await diagnostic {
            try await SFTPEndpoint(name: "erp", settings: settings, timeline: .system).withSession { _ in }
        }

        #expect(failure.code == "SSH-PROGRAM")
        #expect(failure.fix.contains("openssh-client"))
    }

    @Test func `a server that offers no SFTP says so`() async throws {
        var options = SSHServer.Options()
        options.configuration = ["Subsystem sftp /bin/false"]
        let shell = try SSHServer(options)

        let failure = try await diagnostic { try await SFTPEndpoint.to(shell, transport: .openSSH).withSession { _ in } }

        #expect(failure.code == "SFTP-UNAVAILABLE")
        #expect(failure.kind == .transient)
    }

    @Test func `a server whose login script talks into the conversation is explained with what it says`() async throws {
        var options = SSHServer.Options()
        options.configuration = ["Subsystem sftp /bin/echo Welcome to ACME"]
        let server = try SSHServer(options)

        let failure = try await diagnostic { try await SFTPEndpoint.to(server, transport: .openSSH).withSession { _ in } }

        #expect(failure.code == "SFTP-UNAVAILABLE")
        #expect(failure.summary.contains("Welcome to ACME"), "\(failure)")
    }

    // MARK: A configuration file of OpenSSH

    private func config(_ lines: [String]) -> String {
        TemporaryFolder.kept.write("ssh-config-\(Int.random(in: 0...Int.max))", (lines.joined(separator: "\n") + "\n").utf8)
    }

    private func jump(_ server: SSHServer, _ more: [String]) throws -> [String] {
        let known = TemporaryFolder.kept.write(
            "jump-known-\(server.port)", server.hostKeys.map { "[127.0.0.1]:\(server.port) \($0.publicLine)\n" }.joined().utf8
        )
        return ["Host jump", "HostName 127.0.0.1", "Port \(server.port)", "User \(server.user)", "UserKnownHostsFile \(known)", "IdentitiesOnly yes"]
            + more + ["Host 127.0.0.1", "ProxyJump jump"]
    }

    @Test func `a jump host named by a file of its own is passed through, and the target's key is still ours to check`() async throws {
        let (between, server) = (try SSHServer(), try SSHServer.shared.get())
        let identity = TemporaryFolder.kept.write("jump-key-\(between.port)", between.keys.ecdsa.privateText.utf8, mode: 0o600)
        let file = config(try jump(between, ["IdentityFile \(identity)"]))
        let wrong = try #require(HostKeyFingerprint(between.hostKeys[0].fingerprint()))

        let endpoint = try SFTPEndpoint.to(server, transport: .openSSH, sshConfig: file)
        _ = try await endpoint.withSession { try $0.stat(RemotePath(folder: "", name: "absent")) }
        let refusal = try await diagnostic {
            try await SFTPEndpoint.to(server, hostKeys: .pinned([wrong]), transport: .openSSH, sshConfig: file).withSession { _ in }
        }

        #expect(between.log(until: "Accepted publickey").contains("Accepted publickey"))
        #expect(refusal.code == "HOST-KEY-MISMATCH")
    }

    @Test(.enabled(if: SSHServer.isIsolated, "needs an account of its own, so root"))
    func `a jump host that asks for a password does not get the one of the target`() async throws {
        let (between, server) = (try SSHServer(), try SSHServer.shared.get())
        let lines = try jump(between, ["PreferredAuthentications password"]).map { $0 == "User \(between.user)" ? "User nobody" : $0 }
        let endpoint = try SFTPEndpoint.to(
            server, authentication: .password(Secret(SSHServer.password)), transport: .openSSH, sshConfig: config(lines)
        )

        let refusal = try await diagnostic { try await endpoint.withSession { _ in } }
        between.stop()

        #expect(refusal.code == "AUTH-REFUSED", "\(refusal)")
        #expect(refusal.summary.contains("nobody@127.0.0.1"))
        #expect(!between.log(until: "\u{0}").contains("Accepted"))
    }

    @Test func `a file of its own that does not hold is named`() async throws {
        let endpoint = try SFTPEndpoint.to(SSHServer.shared.get(), transport: .openSSH, sshConfig: config(["NoSuchOption yes"]))

        let failure = try await diagnostic { try await endpoint.withSession { _ in } }

        #expect(failure.code == "SSH-PROGRAM")
        #expect(failure.summary.contains("NoSuchOption") || failure.summary.contains("nosuchoption"), "\(failure)")
    }
}

enum FileManagerNames {
    static func count(_ folder: String) -> Int {
        guard let stream = opendir(folder) else { return -1 }
        defer { closedir(stream) }
        var count = 0
        while readdir(stream) != nil { count += 1 }
        return count
    }
}
