import Domain
import Endpoints
import Foundation
import Glibc
import Synchronization
import TestKit
import Testing

/// What flows and processes that use one server do not do to it together.
struct SharedAccountTests {
    private let folder = TemporaryFolder()

    // MARK: Connections

    private final class Counts: Sendable {
        let open = Atomic(0)
        let most = Atomic(0)
        let done = Atomic(0)
    }

    @Test(arguments: SFTPSettings.Transport.allCases)
    func `no more connections to a host are open at a time than are allowed, whoever asks for them, and all of them get their turn`(
        by transport: SFTPSettings.Transport
    ) async throws {
        let server = try SSHServer.shared.get()
        let counts = Counts()
        // Two endpoints, as two flows or two processes have them: what they share is the folder.
        let endpoints = try (0..<2).map { _ in
            try SFTPEndpoint.to(server, transport: transport, slots: ConnectionSlots(folder: folder.path, limit: 2, timeline: .system))
        }

        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                group.addTask {
                    try await endpoints[number % 2].withSession { session in
                        let now = counts.open.add(1, ordering: .sequentiallyConsistent).newValue
                        _ = counts.most.max(now, ordering: .sequentiallyConsistent)
                        // Until another one is here beside it, or nobody else is left.
                        while counts.most.load(ordering: .sequentiallyConsistent) < 2, counts.done.load(ordering: .sequentiallyConsistent) < 7 {
                            _ = try session.stat(RemotePath(folder: "", name: "nothing"))
                        }
                        counts.open.subtract(1, ordering: .sequentiallyConsistent)
                        counts.done.add(1, ordering: .sequentiallyConsistent)
                    }
                }
            }
            try await group.waitForAll()
        }

        #expect(counts.done.load(ordering: .sequentiallyConsistent) == 8)
        #expect(counts.most.load(ordering: .sequentiallyConsistent) == 2)
    }

    @Test func `a place is given back by a session that failed, by one that was cancelled, and by another process that was killed`() async throws {
        let slots = ConnectionSlots(folder: folder.path, limit: 1, timeline: .system)
        let server = try SSHServer.shared.get()
        let endpoint = try SFTPEndpoint.to(server, slots: slots)
        let nowhere = SFTPSettings.HostKeys.pinned([try #require(HostKeyFingerprint("SHA256:" + String(repeating: "A", count: 43)))])
        _ = try await diagnostic { try await SFTPEndpoint.to(server, hostKeys: nowhere, slots: slots).withSession { _ in } }
        let task = Task { try await endpoint.withSession { session in while true { _ = try session.stat(RemotePath(folder: "", name: "x")) } } }
        task.cancel()
        _ = await task.result
        try await endpoint.withSession { _ in }

        let lock = try #require(try FileManager.default.contentsOfDirectory(atPath: folder.path).first)
        let other = try ChildProcess(["/usr/bin/flock", "\(folder.path)/\(lock)", "/bin/sh", "-c", "echo holding; cat >/dev/null"])
        _ = other.output { $0.contains("holding") }
        let waiting = Task { try await endpoint.withSession { _ in } }
        kill(other.id, SIGKILL)
        other.closeInput()
        try await waiting.value
    }

    @Test func `who waits for a place too long is told so, and for another host nobody waits`() async throws {
        let clock = ManualTimeline()
        let slots = ConnectionSlots(folder: folder.path, limit: 1, timeline: clock.timeline)
        let server = try SSHServer.shared.get()
        try await SFTPEndpoint.to(server, slots: slots).withSession { _ in }
        let path = "\(folder.path)/\(try #require(try FileManager.default.contentsOfDirectory(atPath: folder.path).first))"
        let held = open(path, O_RDWR | O_CLOEXEC)
        #expect(flock(held, LOCK_EX | LOCK_NB) == 0)
        defer { close(held) }

        let busy = try await diagnostic { try await SFTPEndpoint.to(server, slots: slots).withSession { _ in } }
        #expect(busy.code == "CONNECTIONS-BUSY" && busy.kind == .transient && busy.fix.contains("host_connections"))
        let proxy = FaultProxy(to: server.port)
        try await SFTPEndpoint.to(server, port: proxy.port, slots: slots).withSession { _ in }
    }

    // MARK: Logins

    /// What several processes know of an account, with a clock of its own.
    private final class Book: Sendable {
        let kept = Mutex<[String: LastLogin]>([:])
        let wall = Mutex(UTCInstant(seconds: 1_800_000_000))
        let folder = TemporaryFolder()

        func memory(_ caller: LoginMemory.Caller = .flow) -> LoginMemory {
            var timeline = Timeline.system
            timeline.now = { self.wall.withLock { $0 } }
            return LoginMemory(caller, folder: folder.path, timeline: timeline) { account in
                self.kept.withLock { $0[account] }
            } keep: { account, login in
                self.kept.withLock { $0[account] = login }
            }
        }

        func pass(_ seconds: Int64) { wall.withLock { $0 = $0.adding(.seconds(seconds)) } }
    }

    private func attempts(_ server: SSHServer) -> Int {
        server.stop()
        return server.log(until: "\u{0}").components(separatedBy: "Failed publickey for \(server.user)").count - 1
    }

    @Test(arguments: SFTPSettings.Transport.allCases)
    func `F11 five flows with a refused key try it once together, rest longer each time, and stop after the set number`(
        by transport: SFTPSettings.Transport
    ) async throws {
        let server = try SSHServer()
        let (book, user) = (Book(), server.user)
        let stranger = try SSHKeyPair(.ed25519, in: TemporaryFolder.kept, named: "stranger-resting-\(transport)")
        let key = SFTPSettings.Authentication.key(Secret(stranger.privateText), passphrase: nil)
        func codes(_ count: Int) async throws -> [String] {
            let endpoint = try SFTPEndpoint.to(server, authentication: key, transport: transport, loginFailures: 3, logins: book.memory())
            return await withTaskGroup(of: String.self) { group in
                for _ in 0..<count {
                    group.addTask {
                        do {
                            try await endpoint.withSession { _ in }
                            return "let in"
                        } catch { return (error as? Diagnostic)?.code ?? "\(error)" }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }.sorted()
            }
        }

        #expect(try await codes(5) == ["AUTH-REFUSED"] + Array(repeating: "AUTH-RESTING", count: 4))
        book.pass(899)
        #expect(try await codes(1) == ["AUTH-RESTING"])
        book.pass(1)
        #expect(try await codes(2) == ["AUTH-REFUSED", "AUTH-RESTING"])
        book.pass(1000)
        #expect(try await codes(1) == ["AUTH-RESTING"])
        book.pass(1000)
        #expect(try await codes(1) == ["AUTH-REFUSED"])
        // The third in a row was the last, however much time passes.
        book.pass(30 * 86_400)
        #expect(try await codes(2) == ["AUTH-RESTING", "AUTH-RESTING"])
        // A person who asks is not made to wait, and a key that is let in ends it all.
        let asked = try await diagnostic {
            try await SFTPEndpoint.to(server, authentication: key, transport: transport, logins: book.memory(.person)).withSession { _ in }
        }
        #expect(asked.code == "AUTH-REFUSED")
        try await SFTPEndpoint.to(server, transport: transport, logins: book.memory()).withSession { _ in }
        try await SFTPEndpoint.to(server, transport: transport, logins: book.memory()).withSession { _ in }
        #expect(book.kept.withLock { $0["\(user)@127.0.0.1:\(server.port)"]?.refused } == 0)

        #expect(attempts(server) == 4)
    }

    @Test func `a connection that failed for another reason is no refused login, and a clock that was put back makes no rest longer`() async throws {
        let server = try SSHServer()
        let book = Book()
        let pin = SFTPSettings.HostKeys.pinned([try #require(HostKeyFingerprint("SHA256:" + String(repeating: "A", count: 43)))])
        _ = try await diagnostic { try await SFTPEndpoint.to(server, hostKeys: pin, logins: book.memory()).withSession { _ in } }
        #expect(book.kept.withLock { $0.isEmpty })

        let stranger = try SSHKeyPair(.ed25519, in: TemporaryFolder.kept, named: "stranger-back")
        let key = SFTPSettings.Authentication.key(Secret(stranger.privateText), passphrase: nil)
        func code() async throws -> String {
            try await diagnostic { try await SFTPEndpoint.to(server, authentication: key, logins: book.memory()).withSession { _ in } }.code
        }
        #expect(try await code() == "AUTH-REFUSED")
        book.pass(-86_400)
        #expect(try await code() == "AUTH-REFUSED")
    }

    // MARK: Silence

    @Test(arguments: SFTPSettings.Transport.allCases)
    func `a silent session outlives a firewall that cuts silent connections, and one that shows no sign of life does not`(
        by transport: SFTPSettings.Transport
    ) async throws {
        let server = try SSHServer.shared.get()
        func idle(_ keepAlive: Duration?) async throws {
            let proxy = FaultProxy(to: server.port, plans: [.cuttingIdle(milliseconds: 2900)])
            try await SFTPEndpoint.to(server, port: proxy.port, transport: transport, keepAlive: keepAlive).withSession { session in
                _ = try session.stat(RemotePath(folder: "", name: "before"))
                // The silence is what is tested: nothing can be waited for instead.
                poll(nil, 0, 4500)
                _ = try session.stat(RemotePath(folder: "", name: "after"))
                try session.put(RemotePath(folder: "", name: "kept-\(transport)-\(proxy.port)"), SeededRandom.content(300_000))
            }
        }

        try await idle(.seconds(2))
        let cut = try await diagnostic { try await idle(nil) }
        #expect(cut.code == "ENDPOINT-LOST")
    }

    @Test func `signs of life between all calls of a long transfer harm nothing`() async throws {
        let server = try SSHServer.shared.get()
        let content = SeededRandom.content(3_000_000)
        let path = RemotePath(folder: "", name: "alive-\(UUID().uuidString)")

        let back = try await SFTPEndpoint.to(server, keepAlive: .milliseconds(1)).withSession { session in
            try session.put(path, content)
            return try session.content(of: path)
        }

        #expect(back == content)
    }
}
