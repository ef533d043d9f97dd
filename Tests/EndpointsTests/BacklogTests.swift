import Dispatch
import Domain
import Endpoints
import Glibc
import Synchronization
import TestKit
import Testing

/// Many files at a distance: several connections at a time, and the same result as one after another.
struct BacklogTests {
    private let server: SSHServer
    private let spoolFolder = TemporaryFolder()
    private let folder: String

    private static let folders = Atomic(0)

    init() throws {
        server = try SSHServer.shared.get()
        folder = "backlog-\(Self.folders.add(1, ordering: .relaxed).newValue)"
    }

    private func deliver(_ count: Int) async throws -> [[UInt8]] {
        let (folder, contents) = (folder, (0..<count).map { Array("file \($0)\n".utf8) + SeededRandom.content(2000) })
        try await SFTPEndpoint.to(server).withSession { session in
            try session.makeFolder(folder)
            for (number, content) in contents.enumerated() { try session.put(Self.path(number, in: folder), content) }
        }
        return contents
    }

    private static func path(_ number: Int, in folder: String) -> RemotePath {
        RemotePath(folder: folder, name: Array("stock-\(1000 + number).csv".utf8))
    }

    /// Takes every file of the folder in the order of their names.
    private func takeAll(
        from endpoint: any Endpoint, before: @escaping @Sendable (RemoteFile) throws -> Void = { _ in }
    ) async throws -> WorkedBacklog<SpooledFile> {
        let (folder, spool) = (folder, try Spool(folder: spoolFolder.path + "/spool", timeline: .system))
        return await endpoint.workThrough { session in
            var found: [RemoteFile] = []
            try session.list(folder: folder) { found.append($0) }
            return found.sorted { $0.name.lexicographicallyPrecedes($1.name) }
        } each: { file, session in
            try before(file)
            return try spool.receive(file, at: RemotePath(folder: folder, name: file.name), session: session)
        }
    }

    private func contents(_ worked: WorkedBacklog<SpooledFile>) -> [[UInt8]] {
        worked.answers.compactMap { TemporaryFolder.content(of: $0.path) }
    }

    @Test(.timeLimit(.minutes(5))) func `a backlog at a distance is taken over four connections, and answers come in the order of the files`()
        async throws
    {
        let sent = try await deliver(48)
        let relay = DelayRelay(to: server.port, roundTrip: .milliseconds(20))

        let four = Rendezvous(of: 4)

        let worked = try await takeAll(from: SFTPEndpoint.to(server, port: relay.port)) { _ in four.arrive() }

        #expect(worked.failure == nil)
        #expect(contents(worked) == sent)
        #expect(relay.passed.connections == 4)
        #expect(relay.passed.mostAtOnce == 4)
    }

    @Test func `a small file costs four round trips`() async throws {
        let relay = DelayRelay(to: server.port, roundTrip: .milliseconds(20))
        let endpoint = try SFTPEndpoint.to(server, port: relay.port, connections: 1)
        _ = try await deliver(0)
        _ = try await takeAll(from: endpoint)
        let withoutFiles = relay.passed.roundTrips
        let sent = try await deliver(20)

        let worked = try await takeAll(from: endpoint)

        #expect(contents(worked) == sent)
        // The listing is longer by a packet; a pause of this process may tear two requests apart now and then.
        let perFile = Double(relay.passed.roundTrips - 2 * withoutFiles) / 20
        #expect((3.9...4.9).contains(perFile), "\(perFile) round trips a file")
    }

    @Test(arguments: [0, 1, 7]) func `a few files are not worth a second connection`(_ count: Int) async throws {
        let sent = try await deliver(count)
        let proxy = FaultProxy(to: server.port)

        let worked = try await takeAll(from: SFTPEndpoint.to(server, port: proxy.port))

        #expect(contents(worked) == sent && worked.failure == nil)
        #expect(proxy.connectionCount == 1)
    }

    @Test(.enabled(if: SSHServer.isIsolated))
    func `a server that allows one session at a time is served by one, and the run does not fail`() async throws {
        var options = SSHServer.Options()
        options.configuration = ["Subsystem sftp flock -n $HOME/.one /usr/lib/openssh/sftp-server"]
        let strict = try SSHServer(options)
        let sent = (0..<24).map { Array("file \($0)".utf8) }
        mkdir("\(strict.home.path)/\(folder)", 0o755)
        for (number, content) in sent.enumerated() { strict.home.write("\(folder)/stock-\(1000 + number).csv", content) }
        // The library does not notice that the channel was closed: the deadline ends the attempt.
        let hurried = SFTPSettings.Deadlines(connect: .seconds(5), idle: .seconds(20))
        let endpoint = PairedEndpoint(first: try .to(strict), later: try .to(strict, deadlines: hurried))

        let worked = try await takeAll(from: endpoint) { _ in endpoint.waitForLater() }

        #expect(worked.failure == nil)
        #expect(contents(worked) == sent)
        #expect(endpoint.failures.map(\.code) == ["SFTP-UNAVAILABLE"], "one was tried, and no more")
    }

    @Test func `F11 a login that is refused beside a good one is one attempt only`() async throws {
        let sent = try await deliver(40)
        let refused = SFTPSettings.Authentication.password(Secret("wrong"))
        let endpoint = PairedEndpoint(first: try .to(server), later: try .to(server, authentication: refused))

        let worked = try await takeAll(from: endpoint) { _ in endpoint.waitForLater() }

        #expect(worked.failure == nil)
        #expect(contents(worked) == sent)
        #expect(endpoint.failures.map(\.kind) == [.unauthorised])
    }

    @Test func `F1 further connections that are cut at once are done without`() async throws {
        let sent = try await deliver(24)
        let proxy = FaultProxy(to: server.port, plans: [.none] + Array(repeating: .finish(.fromServer, after: 0), count: 50))

        let worked = try await takeAll(from: SFTPEndpoint.to(server, port: proxy.port))

        #expect(worked.failure == nil)
        #expect(contents(worked) == sent)
    }

    @Test func `a server that lets a further connection hang does not hold up the end`() async throws {
        let sent = try await deliver(24)
        let proxy = FaultProxy(to: server.port, plans: [.none] + Array(repeating: .silent, count: 50))
        let endpoint = try SFTPEndpoint.to(server, port: proxy.port, deadlines: .init(connect: .seconds(3600), idle: .seconds(20)))

        let worked = try await takeAll(from: endpoint)

        #expect(worked.failure == nil)
        #expect(contents(worked) == sent)
    }

    @Test(arguments: [30_000, 60_000])
    func `F3 a file whose connection is lost is taken by another session`(_ place: Int) async throws {
        let sent = try await deliver(40)
        let proxy = FaultProxy(to: server.port, plans: [.none, .reset(.fromServer, after: place)])

        let worked = try await takeAll(from: SFTPEndpoint.to(server, port: proxy.port))

        #expect(worked.failure == nil)
        #expect(contents(worked) == sent)
        #expect(spoolFolder.names(in: "spool").allSatisfy { !$0.hasSuffix(".part") })
    }

    @Test func `F3 a lost first session is made anew and goes on where it was, without listing again`() async throws {
        let sent = try await deliver(7)
        let proxy = FaultProxy(to: server.port, plans: [.reset(.fromServer, after: 12_000)])
        let endpoint = RetryingEndpoint(try SFTPEndpoint.to(server, port: proxy.port), timeline: ManualTimeline().timeline)
        let begun = Mutex<[[UInt8]]>([])

        let worked = try await takeAll(from: endpoint) { file in begun.withLock { $0.append(file.name) } }

        #expect(worked.failure == nil && contents(worked) == sent)
        #expect(proxy.connectionCount == 2)
        #expect(begun.withLock { $0.count } == 8, "the file in hand twice, every other once")
    }

    @Test func `F19 a further connection that shows another key than the pinned one is not passed over`() async throws {
        _ = try await deliver(24)
        let pins = try server.hostKeys.map { try #require(HostKeyFingerprint($0.fingerprint())) }
        let unknown = try SSHServer()
        defer { unknown.stop() }
        let endpoint = PairedEndpoint(first: try .to(server), later: try .to(unknown, hostKeys: .pinned(pins)))

        let worked = try await takeAll(from: endpoint) { _ in endpoint.waitForLater() }

        #expect((worked.failure as? Diagnostic)?.code == "HOST-KEY-MISMATCH")
    }

    @Test func `a failure that stays ends the work of all sessions and is told once`() async throws {
        _ = try await deliver(40)

        let worked = try await takeAll(from: SFTPEndpoint.to(server)) { file in
            if file.name.elementsEqual("stock-1010.csv".utf8) {
                throw Diagnostic("TEST", "scripted", fix: "none", kind: .permanent)
            }
        }

        #expect((worked.failure as? Diagnostic)?.code == "TEST")
        #expect(worked.answers.count < 40)
    }

    @Test func `a cancelled backlog ends with that, and leaves nothing half taken`() async throws {
        _ = try await deliver(40)
        let endpoint = try SFTPEndpoint.to(server)
        let (begun, begins) = AsyncStream<Void>.makeStream()
        let cancelled = DispatchSemaphore(value: 0)
        let task = Task {
            try await takeAll(from: endpoint) { file in
                begins.yield()
                guard !file.name.lexicographicallyPrecedes("stock-1010.csv".utf8) else { return }
                cancelled.wait()
                cancelled.signal()
            }
        }
        for await _ in begun.prefix(11) {}

        task.cancel()
        cancelled.signal()
        let worked = try await task.value

        #expect(worked.failure is CancellationError)
        #expect(worked.answers.count < 40)
        #expect(spoolFolder.names(in: "spool").allSatisfy { !$0.hasSuffix(".part") })
    }
}

/// Holds whoever arrives until so many are there at a time; later ones pass.
private final class Rendezvous: Sendable {
    private let missing: Mutex<Int>
    private let open = DispatchSemaphore(value: 0)

    init(of count: Int) { missing = Mutex(count) }

    func arrive() {
        let isLast = missing.withLock { missing in
            missing -= 1
            return missing == 0
        }
        if isLast { open.signal() }
        open.wait()
        open.signal()
    }
}

/// The first session comes from one endpoint and all others from a second one, whose failure can be waited for.
private final class PairedEndpoint: Endpoint {
    let name = "erp"
    var sessionLimit: Int { first.sessionLimit }
    private let first: SFTPEndpoint
    private let later: SFTPEndpoint
    private let isFirst = Atomic(true)
    private let noted = Mutex<[Diagnostic]>([])
    private let laterFailed = DispatchSemaphore(value: 0)

    init(first: SFTPEndpoint, later: SFTPEndpoint) { (self.first, self.later) = (first, later) }

    var failures: [Diagnostic] { noted.withLock { $0 } }

    /// Blocks the session that calls until another one has failed.
    func waitForLater() {
        laterFailed.wait()
        laterFailed.signal()
    }

    func withSession<Result: Sendable>(
        _ body: @escaping @Sendable (any EndpointSession) throws -> Result
    ) async throws -> Result {
        if isFirst.exchange(false, ordering: .acquiringAndReleasing) { return try await first.withSession(body) }
        do {
            return try await later.withSession(body)
        } catch let failure as Diagnostic {
            noted.withLock { $0.append(failure) }
            laterFailed.signal()
            throw failure
        }
    }
}
