import Domain
import Endpoints
import Foundation
import Glibc
import TestKit
import Testing

/// What a probe found decides how files are put in place, claimed and settled.
@Suite(.enabled(if: QuirkyServer.isPresent, "needs /usr/bin/python3"))
struct ProbeObeyedTests {
    private let book = ProbeBook()
    private let old = Array("old\n".utf8)
    private let new = Array("newer\n".utf8)
    private let path = RemotePath(folder: "", name: "STOCK.csv")
    private let source = RemotePath(folder: "", name: "STOCK.csv.part")

    private func endpoint(_ habits: String..., transport: SFTPSettings.Transport = .openSSH, knows: Bool = true) throws -> (SFTPEndpoint, SSHServer) {
        let server = try QuirkyServer.start(habits)
        mkdir("\(server.home.path)/probe", 0o755)
        if SSHServer.isIsolated { chown("\(server.home.path)/probe", 4711, 4711) }
        let endpoint = try SFTPEndpoint.to(server, transport: transport, probeFolder: "probe", memory: knows ? book.memory() : nil)
        return (endpoint, server)
    }

    private func replace(at place: (SFTPEndpoint, SSHServer)) async throws -> (EndpointCapabilities, [UInt8]?, RemoteFile?) {
        let (old, new, path, source) = (old, new, path, source)
        defer { withExtendedLifetime(place.1) {} }
        return try await place.0.withSession { session in
            try old.withUnsafeBytes { try session.put(path, $0) }
            try new.withUnsafeBytes { try session.put(source, $0) }
            try session.replace(path, with: source)
            return (session.capabilities, try session.content(of: path, limit: 100), try session.stat(source))
        }
    }

    @Test func `a server that only says that it replaces files is not asked to, and the file is replaced all the same`() async throws {
        let trusting = try await replace(at: try endpoint("false-posix-rename", knows: false))
        let (capabilities, content, rest) = try await replace(at: try endpoint("false-posix-rename"))

        // What the server says would leave the old file there.
        #expect(trusting.1 == old)
        #expect(content == new && rest == nil)
        #expect(capabilities.replacement == .swapped)
    }

    @Test func `a server that replaces in one step is asked to`() async throws {
        let (capabilities, content, rest) = try await replace(at: try endpoint("posix-rename"))

        #expect(content == new && rest == nil && capabilities.replacement == .atomic)
    }

    @Test(arguments: SFTPSettings.Transport.allCases)
    func `where a plain rename overwrites, a file is replaced by one rename and nothing is set aside`(by transport: SFTPSettings.Transport)
        async throws
    {
        let (endpoint, server) = try endpoint("overwriting-rename", transport: transport)
        // What a replacement in three steps would remove first.
        server.home.write(".STOCK.csv.replaced", Array("not ours\n".utf8))
        if SSHServer.isIsolated { chown("\(server.home.path)/.STOCK.csv.replaced", 4711, 4711) }

        let (_, content, rest) = try await replace(at: (endpoint, server))

        #expect(content == new && rest == nil)
        #expect(server.home.read(".STOCK.csv.replaced") == Array("not ours\n".utf8))
    }

    @Test(arguments: SFTPSettings.Transport.allCases)
    func `a rename never overwrites, also where the server would`(by transport: SFTPSettings.Transport) async throws {
        let (endpoint, server) = try endpoint("overwriting-rename", transport: transport)
        defer { withExtendedLifetime(server) {} }
        let (old, new, path, source) = (old, new, path, source)

        try await endpoint.withSession { session in
            try old.withUnsafeBytes { try session.put(path, $0) }
            try new.withUnsafeBytes { try session.put(source, $0) }
            let refusal = #expect(throws: Diagnostic.self) { try session.rename(source, to: path) }
            #expect(refusal?.code == "TARGET-EXISTS")
            #expect(try session.content(of: path, limit: 100) == old)
        }
    }

    @Test(arguments: SFTPSettings.Transport.allCases)
    func `a server that renames nothing is not asked to claim a file, which is settled where it is`(by transport: SFTPSettings.Transport) async throws
    {
        let (endpoint, server) = try endpoint("no-rename", transport: transport)
        server.home.write("STOCK.csv", old)
        if SSHServer.isIsolated { chown("\(server.home.path)/STOCK.csv", 4711, 4711) }
        let (old, path) = (old, path)

        try await endpoint.withSession { session in
            let counting = CountingSession(session)
            #expect(session.capabilities.renaming == .refused)
            let file = try #require(try session.stat(path))
            let effect = try AfterReading.delete.perform(on: path, file: file, hash: ContentHash(of: old), session: counting)
            #expect(effect == .deleted && counting.renames == 0)
        }
        #expect(server.home.read("STOCK.csv") == nil)
    }

    @Test func `a server that does not flush is not asked to for each file`() async throws {
        let (endpoint, server) = try endpoint("posix-rename")
        defer { withExtendedLifetime(server) {} }

        try await endpoint.withSession { session in #expect(session.capabilities.flushing == .unavailable) }
    }

    @Test(arguments: SFTPSettings.Transport.allCases)
    func `F26 where times are of minutes a reading is proven only once a minute is past`(by transport: SFTPSettings.Transport) async throws {
        let (endpoint, server) = try endpoint("minute-times", transport: transport)
        let precision = try await endpoint.withSession { $0.capabilities.timestampPrecision }
        withExtendedLifetime(server) {}
        let file = RemoteFile(name: Array("STOCK.csv".utf8), size: 4, modified: UTCInstant(seconds: 60), kind: .regular)
        func certainty(after seconds: Int64, _ precision: Duration) -> ReadingCertainty {
            let first = Observation(file, after: nil, at: ScanTime(wall: UTCInstant(seconds: 1000), uptime: .seconds(10)))
            return first.certainty(
                ofReadingAt: ScanTime(wall: UTCInstant(seconds: 1000 + seconds), uptime: .seconds(10 + seconds)), precision: precision)
        }

        #expect(precision == .seconds(60))
        #expect(certainty(after: 59, precision) == .doubtful && certainty(after: 61, precision) == .proven)
        #expect(certainty(after: 1, .seconds(1)) == .doubtful && certainty(after: 2, .seconds(1)) == .proven)
    }

    @Test func `a folder of this machine is probed, nothing is left in it, and flows work by what was found`() async throws {
        let home = TemporaryFolder()
        mkdir("\(home.path)/probe", 0o755)
        home.write("probe/theirs.csv", old)
        let settings = LocalSettings(root: home.path, probeFolder: "probe")
        let endpoint = LocalDirectoryEndpoint(name: "erp", settings: settings, memory: book.memory())

        try await endpoint.withSession { session in #expect(session.capabilities.replacement == .atomic) }
        try await endpoint.withSession { try $0.list(folder: "") { _ in } }

        let found = try #require(book.made.first).findings
        #expect(book.made.count == 1)
        #expect(found.renames == true && found.renamesOver == true && found.renameOntoExisting != nil, "\(found)")
        #expect(found.flushes == true && found.setsTimes == true && found.timePrecision == 1 && found.isCaseSensitive == true)
        #expect(abs(found.clockAhead ?? .max) < 2000 && (found.freeSpace ?? 0) > 0 && found.notes.isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(home.path)/probe") == ["theirs.csv"])
    }

    @Test func `a folder of this machine that says nothing of itself is asked for its free space only`() async throws {
        let home = TemporaryFolder()
        let endpoint = LocalDirectoryEndpoint(name: "erp", settings: LocalSettings(root: home.path))

        let probe = try #require(try await endpoint.probe(keeping: book.memory()))

        #expect(probe.findings.freeSpace != nil && probe.findings.renames == nil && probe.folder == nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: home.path).isEmpty)
    }
}

/// Passes everything on and counts renames.
private final class CountingSession: EndpointSession {
    let base: any EndpointSession
    private(set) var renames = 0

    init(_ base: any EndpointSession) { self.base = base }

    var capabilities: EndpointCapabilities { base.capabilities }
    func list(folder: String, _ visit: (RemoteFile) throws -> Void) throws { try base.list(folder: folder, visit) }
    func stat(_ path: RemotePath) throws -> RemoteFile? { try base.stat(path) }
    func read(
        _ path: RemotePath, accept: (RemoteFile) throws -> Void, _ chunk: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> RemoteFile? { try base.read(path, accept: accept, chunk) }
    func put(_ path: RemotePath, _ bytes: UnsafeRawBufferPointer) throws { try base.put(path, bytes) }
    func rename(_ path: RemotePath, to target: RemotePath) throws {
        renames += 1
        try base.rename(path, to: target)
    }
    func replace(_ path: RemotePath, with source: RemotePath) throws { try base.replace(path, with: source) }
    func remove(_ path: RemotePath) throws { try base.remove(path) }
    func makeFolder(_ folder: String) throws { try base.makeFolder(folder) }
}
