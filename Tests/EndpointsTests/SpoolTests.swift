import Crypto
import Domain
import Endpoints
import Glibc
import TestKit
import Testing

struct SpoolTests {
    private let home = TemporaryFolder()
    private let clock = ManualTimeline()
    private var folder: String { home.path + "/spool" }
    private let source = TemporaryFolder()
    private var endpoint: LocalDirectoryEndpoint { LocalDirectoryEndpoint(name: "erp", settings: LocalSettings(root: source.path)) }

    private func spool(cap: Int64 = Spool.standardCap) throws -> Spool { try Spool(folder: folder, cap: cap, timeline: clock.timeline) }
    private func path(_ name: String) -> RemotePath { RemotePath(folder: "", name: name) }

    /// Receives `name` as the endpoint shows it, through `wrap`.
    private func receive(
        _ name: String,
        into spool: Spool,
        through wrap: @escaping @Sendable (any EndpointSession) -> any EndpointSession = { $0 }
    ) async throws -> SpooledFile {
        let path = path(name)
        return try await endpoint.withSession { session in
            guard let file = try session.stat(path) else { throw ConformanceFailure(description: "\(path) is missing") }
            return try spool.receive(file, at: path, session: wrap(session))
        }
    }

    @Test(arguments: [0, 1, 65_536, 3_000_000])
    func `a file is held byte for byte under its hash, for nobody else's eyes`(_ size: Int) async throws {
        let content = SeededRandom.content(size)
        source.write("STOCK.csv", content)

        let delivery = try await receive("STOCK.csv", into: spool())

        #expect(delivery.hash == ContentHash(digest: SHA256.hash(data: content)))
        #expect(delivery.size == Int64(size))
        #expect(delivery.path == "\(folder)/\(delivery.hash.hex)")
        #expect(TemporaryFolder.content(of: delivery.path) == content)
        #expect(home.names(in: "spool") == [delivery.hash.hex])
        var status = stat()
        #expect(lstat(delivery.path, &status) == 0 && status.st_mode & 0o777 == 0o600)
    }

    @Test func `the same bytes are held once, whatever they are called`() async throws {
        source.write("a.csv", Array("same".utf8))
        source.write("b.csv", Array("same".utf8))
        let spool = try spool()

        let first = try await receive("a.csv", into: spool)
        let second = try await receive("b.csv", into: spool)

        #expect(first == second)
        #expect(home.names(in: "spool").count == 1)
    }

    @Test(arguments: ["byte", "bytez", "", "more bytes"])
    func `F79 a delivery that the disk has changed is never believed, and good bytes take its place`(_ damage: String) async throws {
        source.write("a.csv", Array("bytes".utf8))
        let spool = try spool()
        let delivery = try await receive("a.csv", into: spool)
        home.write("spool/" + delivery.hash.hex, Array(damage.utf8))

        let failure = try await diagnostic { _ = try spool.provenPath(of: delivery.hash) }
        let again = try await receive("a.csv", into: spool)

        #expect(failure.code == "SPOOL-DAMAGED")
        #expect(again == delivery)
        #expect(home.read("spool/" + delivery.hash.hex) == Array("bytes".utf8))
        #expect(try spool.provenPath(of: delivery.hash) == delivery.path)
        #expect(home.names(in: "spool") == [delivery.hash.hex])
    }

    @Test func `F25 a server that gives a byte now and then is left when the file's time is over`() async throws {
        source.write("a.csv", SeededRandom.content(3_000_000))
        let clock = clock

        let failure = try await diagnostic {
            _ = try await receive("a.csv", into: spool()) { Meddling($0, duringRead: { clock.advance(by: .seconds(86_400)) }) }
        }

        #expect(failure.code == "FILE-SLOW" && failure.kind == .transient)
        #expect(home.names(in: "spool") == [])
    }

    @Test func `G4 what a crash left is cleared by the next spool, and deliveries stay`() async throws {
        source.write("a.csv", Array("a".utf8))
        let delivery = try await receive("a.csv", into: spool())
        home.write("spool/00ff.part", Array("half".utf8))

        _ = try spool()

        #expect(home.names(in: "spool") == [delivery.hash.hex])
    }

    @Test func `a reception that runs meanwhile is not taken for a leftover`() async throws {
        source.write("a.csv", Array("a".utf8))
        let (spool, folder, timeline) = (try spool(), folder, clock.timeline)

        let delivery = try await receive("a.csv", into: spool) { base in
            Meddling(base, duringRead: { _ = try Spool(folder: folder, timeline: timeline) })
        }

        #expect(TemporaryFolder.content(of: delivery.path) == Array("a".utf8))
    }

    @Test func `F29 a file that grows while it is read is not taken, and is taken whole later`() async throws {
        let source = source
        source.write("a.csv", Array("first".utf8))
        let spool = try spool()

        let failure = try await diagnostic {
            _ = try await receive("a.csv", into: spool) { Meddling($0, duringRead: { source.write("a.csv", Array("first and second".utf8)) }) }
        }
        #expect(failure.code == "FILE-CHANGED")
        #expect(failure.kind == .transient)
        #expect(home.names(in: "spool") == [])
        #expect(try await receive("a.csv", into: spool).size == 16)
    }

    @Test func `F30 a file that is cut short while it is read is found out, although the end looks clean`() async throws {
        let source = source
        source.write("a.csv", SeededRandom.content(3_000_000))

        let failure = try await diagnostic {
            _ = try await receive("a.csv", into: spool()) { Meddling($0, duringRead: { truncate("\(source.path)/a.csv", 1_200_000) }) }
        }

        #expect(failure.code == "FILE-CHANGED")
        #expect(failure.summary.contains("3000000 bytes before"))
        #expect(home.names(in: "spool") == [])
    }

    @Test func `a rewrite of the same size is found out by its time`() async throws {
        let source = source
        source.write("a.csv", Array("old".utf8))

        let failure = try await diagnostic {
            _ = try await receive("a.csv", into: spool()) { base in
                Meddling(
                    base,
                    duringRead: {
                        source.write("a.csv", Array("new".utf8))
                        var times = [timespec(tv_sec: 5, tv_nsec: 0), timespec(tv_sec: 5, tv_nsec: 0)]
                        utimensat(AT_FDCWD, "\(source.path)/a.csv", &times, 0)
                    })
            }
        }

        #expect(failure.code == "FILE-CHANGED")
    }

    @Test func `a file that changed since it was listed is left for the next look`() async throws {
        source.write("a.csv", Array("a".utf8))
        let (spool, path) = (try spool(), path("a.csv"))
        let listed = RemoteFile(name: path.name, size: 2, modified: UTCInstant(seconds: 0), kind: .regular)

        let failure = try await diagnostic { _ = try await endpoint.withSession { try spool.receive(listed, at: path, session: $0) } }

        #expect(failure.code == "FILE-CHANGED")
    }

    @Test func `F25 a file above the cap is refused before it is read`() async throws {
        source.write("a.csv", SeededRandom.content(1001))

        let failure = try await diagnostic { _ = try await receive("a.csv", into: spool(cap: 1000)) }

        #expect(failure.code == "FILE-TOO-LARGE")
        #expect(home.names(in: "spool") == [])
    }

    @Test func `F25 a size that lied is caught at the cap, not by a full disk`() async throws {
        source.write("a.csv", SeededRandom.content(1000))
        let source = source

        let failure = try await diagnostic {
            _ = try await receive("a.csv", into: spool(cap: 5000)) {
                Meddling($0, duringRead: { source.write("a.csv", SeededRandom.content(2_000_000)) })
            }
        }

        #expect(failure.code == "FILE-TOO-LARGE" || failure.code == "FILE-CHANGED")
        #expect(home.names(in: "spool") == [])
    }

    @Test func `S1 hostile names never become paths of the spool`() async throws {
        let spool = try spool()
        for name in ["new\nline", "esc\u{1b}[2J", "-rf", "=cmd()|calc", "\u{202e}fdp.exe"] {
            source.write(name, Array(name.utf8))
            _ = try await receive(name, into: spool)
        }

        #expect(home.names() == ["spool"])
        #expect(home.names(in: "spool").allSatisfy { ContentHash(hex: $0) != nil })
    }

    @Test func `S3 a link in the spool is never followed`() async throws {
        let content = Array("content".utf8)
        source.write("a.csv", content)
        let spool = try spool()
        home.write("victim", Array("precious".utf8))
        let hash = ContentHash(digest: SHA256.hash(data: content))
        symlink("\(home.path)/victim", "\(folder)/\(hash.hex)")

        _ = try? await receive("a.csv", into: spool)

        #expect(home.read("victim") == Array("precious".utf8))
    }

    @Test func `a spool that cannot be made says so`() throws {
        #expect(throws: Diagnostic.self) { try Spool(folder: "/nonexistent/spool", timeline: clock.timeline) }
    }

    @Test func `forgetting a delivery is safe to repeat`() async throws {
        source.write("a.csv", Array("a".utf8))
        let spool = try spool()
        let delivery = try await receive("a.csv", into: spool)

        try spool.remove(delivery.hash)
        try spool.remove(delivery.hash)

        #expect(spool.size(of: delivery.hash) == nil)
    }

    @Test func `a spool takes a file from a real server just the same`() async throws {
        let server = try SSHServer.shared.get()
        let content = SeededRandom.content(2_500_000)
        server.home.write("spooled.csv", content)
        let (spool, path) = (try spool(), path("spooled.csv"))

        let delivery = try await SFTPEndpoint.to(server).withSession { session in
            let file = try #require(try session.stat(path))
            return try spool.receive(file, at: path, session: session)
        }

        #expect(TemporaryFolder.content(of: delivery.path) == content)
    }
}

/// A session during whose reading something else happens, after the first piece.
private struct Meddling: EndpointSession {
    let base: any EndpointSession
    let duringRead: () throws -> Void

    init(_ base: any EndpointSession, duringRead: @escaping () throws -> Void) {
        (self.base, self.duringRead) = (base, duringRead)
    }

    var capabilities: EndpointCapabilities { base.capabilities }
    func list(folder: String, _ visit: (RemoteFile) throws -> Void) throws { try base.list(folder: folder, visit) }
    func stat(_ path: RemotePath) throws -> RemoteFile? { try base.stat(path) }
    func put(_ path: RemotePath, _ bytes: UnsafeRawBufferPointer) throws { try base.put(path, bytes) }
    func rename(_ path: RemotePath, to target: RemotePath) throws { try base.rename(path, to: target) }
    func replace(_ path: RemotePath, with source: RemotePath) throws { try base.replace(path, with: source) }
    func remove(_ path: RemotePath) throws { try base.remove(path) }
    func makeFolder(_ folder: String) throws { try base.makeFolder(folder) }

    func read(
        _ path: RemotePath, accept: (RemoteFile) throws -> Void, _ chunk: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> RemoteFile? {
        var isFirst = true
        return try base.read(path, accept: accept) { bytes in
            try chunk(bytes)
            if isFirst { try duringRead() }
            isFirst = false
        }
    }
}
