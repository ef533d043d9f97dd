import Domain
import Endpoints
import Glibc
import Synchronization
import TestKit
import Testing

/// What the network and the server's process can do to us. Times are real: a deadline that is not kept is the fault.
struct SFTPConnectionFaultTests {
    private let quick = SFTPSettings.Deadlines(connect: .seconds(2), idle: .seconds(2))

    private func file(_ size: Int, _ name: String, on server: SSHServer) -> RemotePath {
        var random = SeededRandom(seed: 3)
        server.home.write(name, random.bytes(size))
        return RemotePath(folder: "", name: name)
    }

    @Test(arguments: SFTPSettings.Transport.allCases)
    func `F1 a refused connection is transient and says where`(by transport: SFTPSettings.Transport) async throws {
        let server = try SSHServer.shared.get()
        let refusing = RefusingPort()
        defer { withExtendedLifetime(refusing) {} }
        let endpoint = try SFTPEndpoint.to(server, port: refusing.number, transport: transport)

        let failure = try await diagnostic { try await endpoint.withSession { _ in } }

        #expect(failure.code == "ENDPOINT-CONNECT")
        #expect(failure.kind == .transient)
        #expect(failure.summary.contains("Connection refused"))
    }

    @Test(arguments: SFTPSettings.Transport.allCases)
    func `F1 an unknown name is transient`(by transport: SFTPSettings.Transport) async throws {
        let settings = SFTPSettings(
            host: "no-such-host.invalid", user: "u", authentication: .password(Secret("p")),
            hostKeys: .pinned([HostKeyFingerprint(key: [1])]), transport: transport
        )

        let failure = try await diagnostic {
            try await SFTPEndpoint(name: "erp", settings: settings, timeline: .system).withSession { _ in }
        }

        #expect(failure.code == "ENDPOINT-NAME")
        #expect(failure.kind == .transient)
    }

    @Test func `F1 a refused connection is tried again with growing waits, then reported`() async throws {
        let port = RefusingPort()
        let endpoint = try SFTPEndpoint.to(SSHServer.shared.get(), port: port.number)
        let clock = ManualTimeline()
        let backoff = Backoff(attempts: 4, first: .seconds(1), longest: .seconds(30))

        let failure = try await diagnostic {
            try await RetryingEndpoint(endpoint, backoff: backoff, timeline: clock.timeline).withSession { _ in }
        }

        withExtendedLifetime(port) { #expect(failure.code == "ENDPOINT-CONNECT") }
        #expect(clock.slept.count == 3)
        for (index, wait) in clock.slept.enumerated() {
            let whole = Duration.seconds(1 << index)
            #expect((whole / 2...whole).contains(wait))
        }
    }

    @Test func `F2 a server that never says a word is left at the deadline`() async throws {
        let server = try SSHServer.shared.get()
        let proxy = FaultProxy(to: server.port, plans: [.silent])
        let watch = SessionWatch()
        let deadlines = SFTPSettings.Deadlines(connect: .seconds(1), idle: .seconds(9))
        let endpoint = try SFTPEndpoint.to(server, port: proxy.port, deadlines: deadlines, calls: watch.calls)

        let failure = try await diagnostic { try await endpoint.withSession { _ in } }

        #expect(failure.code == "ENDPOINT-HANDSHAKE")
        #expect(failure.kind == .transient)
        #expect((.seconds(0.9)...Duration.seconds(2)).contains(watch.silence))
    }

    @Test(
        arguments: [FaultProxy.Fault.reset(.fromServer, after: 0), .finish(.fromServer, after: 0), .finish(.fromServer, after: 30)],
        SFTPSettings.Transport.allCases)
    func `F10 a server that hangs up at once is transient`(_ fault: FaultProxy.Fault, by transport: SFTPSettings.Transport) async throws {
        let server = try SSHServer.shared.get()
        let proxy = FaultProxy(to: server.port, plans: [fault])

        let failure = try await diagnostic { try await SFTPEndpoint.to(server, port: proxy.port, transport: transport).withSession { _ in } }

        #expect(failure.kind == .transient)
        #expect(["ENDPOINT-HANDSHAKE", "ENDPOINT-LOST"].contains(failure.code))
    }

    @Test func `F10 a server that is full is tried again, and then works`() async throws {
        var options = SSHServer.Options()
        options.configuration = ["MaxStartups 1"]
        let server = try SSHServer(options)
        // One connection that never logs in takes the only place, until the retry's wait lets it go.
        let proxy = FaultProxy(to: server.port, plans: [.stall(.fromClient, after: 0)])
        let patient = try SFTPEndpoint.to(server, port: proxy.port, deadlines: .init(connect: .seconds(900), idle: .seconds(900)))
        let occupant = Task { try await patient.withSession { _ in } }
        _ = server.log(until: "Connection from")
        let clock = ManualTimeline()
        var timeline = clock.timeline
        timeline.sleep = { wait in
            try await clock.timeline.sleep(wait)
            occupant.cancel()
            _ = await occupant.result
            _ = server.log(until: "Connection closed by")
        }

        // The waits are virtual, and a busy machine may need a moment to notice that the place is free: the first try that is let in ends it.
        try await RetryingEndpoint(try SFTPEndpoint.to(server), backoff: Backoff(attempts: 1000), timeline: timeline).withSession { _ in }

        #expect(!clock.slept.isEmpty)
    }

    @Test(arguments: [6_000, 40_000, 300_000, 1_000_000, 1_900_000], [0, 1, 2, 3])
    func `F3 F4 a connection that ends in the middle of a download is transient, whether reset or finished`(_ place: Int, _ kind: Int) async throws {
        let server = try SSHServer.shared.get()
        let path = file(2_000_000, "cut-\(place)-\(kind)", on: server)
        let proxy = FaultProxy(to: server.port, plans: [kind % 2 == 0 ? .reset(.fromServer, after: place) : .finish(.fromServer, after: place)])
        let endpoint = try SFTPEndpoint.to(server, port: proxy.port, transport: kind < 2 ? .libSSH2 : .openSSH)

        let failure = try await diagnostic { try await endpoint.withSession { try $0.read(path) { _ in } } }
        let second = try await endpoint.withSession { try $0.content(of: path).count }

        #expect(failure.kind == .transient)
        #expect(["ENDPOINT-LOST", "ENDPOINT-HANDSHAKE"].contains(failure.code))
        #expect(second == 2_000_000)
    }

    @Test func `F5 a silent stall ends within the idle deadline and one second, cleaning up included`() async throws {
        let server = try SSHServer.shared.get()
        let path = file(4_000_000, "stall", on: server)
        let proxy = FaultProxy(to: server.port, plans: [.stall(.fromServer, after: 1_000_000)])
        let watch = SessionWatch()
        let endpoint = try SFTPEndpoint.to(server, port: proxy.port, deadlines: quick, calls: watch.calls)

        let failure = try await diagnostic { try await endpoint.withSession { try $0.read(path) { _ in } } }

        #expect(failure.code == "ENDPOINT-LOST")
        #expect(failure.summary.contains("no answer for 2 s"))
        #expect((.seconds(1.9)...Duration.seconds(3)).contains(watch.silence))
    }

    @Test(.enabled(if: SSHServer.isIsolated, "needs the server's processes in a namespace of their own, so root"))
    func `F5 a stopped server process is left within the idle deadline and one second`() async throws {
        let server = try SSHServer()
        let path = file(1_000_000, "stopped", on: server)
        let watch = SessionWatch()
        let endpoint = try SFTPEndpoint.to(server, deadlines: quick, calls: watch.calls)

        let failure = try await diagnostic {
            try await endpoint.withSession { session in
                _ = try session.stat(path)
                #expect(server.signalSessions(SIGSTOP) > 0)
                try session.read(path) { _ in }
            }
        }

        #expect(failure.kind == .transient)
        #expect((.seconds(1.9)...Duration.seconds(3)).contains(watch.silence))
    }

    @Test(arguments: SFTPSettings.Transport.allCases)
    func `F6 a slow line is not a stall: a long upload goes on as long as bytes move`(by transport: SFTPSettings.Transport) async throws {
        let server = try SSHServer.shared.get()
        // 300 KB at 150 KB a second take 2 s, with a deadline of 1 s without progress.
        let proxy = FaultProxy(to: server.port, plans: [.slow(.fromClient, bytesPerSecond: 150_000)])
        let deadlines = SFTPSettings.Deadlines(connect: .seconds(10), idle: .seconds(1))
        let endpoint = try SFTPEndpoint.to(server, port: proxy.port, deadlines: deadlines, transport: transport)

        let (size, time) = try await endpoint.withSession { session in
            let path = RemotePath(folder: "", name: "slow-upload-\(transport)")
            let time = try ContinuousClock().measure { try session.put(path, [UInt8](repeating: 7, count: 300_000)) }
            return (try session.stat(path)?.size, time)
        }

        #expect(size == 300_000)
        #expect(time > .seconds(1.5))
    }

    @Test(arguments: [5_000, 50_000, 700_000], SFTPSettings.Transport.allCases)
    func `F8 a flipped bit is a lost connection, never data`(_ place: Int, by transport: SFTPSettings.Transport) async throws {
        let server = try SSHServer.shared.get()
        let path = file(1_000_000, "flip-\(place)-\(transport)", on: server)
        let proxy = FaultProxy(to: server.port, plans: [.flip(.fromServer, at: place)])
        let endpoint = try SFTPEndpoint.to(server, port: proxy.port, deadlines: quick, transport: transport)

        let failure = try await diagnostic { try await endpoint.withSession { _ = try $0.content(of: path) } }

        #expect(failure.kind == .transient)
    }

    enum Step: String, CaseIterable { case list, stat, read, put, rename, remove, makeFolder, replace }

    @Test(
        .enabled(if: SSHServer.isIsolated, "needs the server's processes in a namespace of their own, so root"), arguments: Step.allCases,
        SFTPSettings.Transport.allCases)
    func `F9 a server process killed before any step is retried or settled, and never hangs`(_ step: Step, by transport: SFTPSettings.Transport)
        async throws
    {
        let server = try SSHServer()
        let (path, other) = (file(100_000, "killed", on: server), RemotePath(folder: "", name: "other"))
        let endpoint = try SFTPEndpoint.to(server, deadlines: quick, transport: transport)

        let failure = try await diagnostic {
            try await endpoint.withSession { session in
                _ = try session.stat(path)
                #expect(server.signalSessions(SIGKILL) > 0)
                switch step {
                case .list: try session.list(folder: "") { _ in }
                case .stat: _ = try session.stat(path)
                case .read: try session.read(path) { _ in }
                case .put: try session.put(other, [1])
                case .rename: try session.rename(path, to: other)
                case .remove: try session.remove(path)
                case .makeFolder: try session.makeFolder("folder")
                case .replace: try session.replace(other, with: path)
                }
            }
        }

        #expect(failure.code == "ENDPOINT-LOST")
        #expect(failure.kind == (step == .put ? .ambiguous : .transient))
    }
}

/// Measures on the session's own thread how long it took from the last sign of life to the end of the clean-up; the
/// test's task may be resumed much later on a busy machine.
private final class SessionWatch: Sendable {
    private let times = Mutex((alive: ContinuousClock.now, freed: ContinuousClock.now))

    var silence: Duration { times.withLock { $0.alive.duration(to: $0.freed) } }

    var calls: LibSSH2Calls {
        let library = LibSSH2Calls.library
        var calls = library
        calls.makeSession = { [self] in
            isAlive()
            return library.makeSession()
        }
        calls.look = { [self] sftp, path, attributes in
            let answer = library.look(sftp, path, &attributes)
            if answer >= 0 { isAlive() }
            return answer
        }
        calls.read = { [self] handle, buffer in
            let count = library.read(handle, buffer)
            if count > 0 { isAlive() }
            return count
        }
        calls.free = { [self] session in
            defer { times.withLock { $0.freed = .now } }
            return library.free(session)
        }
        return calls
    }

    private func isAlive() { times.withLock { $0.alive = .now } }
}
