import Domain
import Endpoints
import Foundation
import Glibc
import TestKit
import Testing

/// What a probe finds out, that it leaves nothing behind, and when it is made.
@Suite(.enabled(if: QuirkyServer.isPresent, "needs /usr/bin/python3"))
struct ServerProbeTests {
    private let book = ProbeBook()

    private func probeFolder(of server: SSHServer) {
        mkdir("\(server.home.path)/probe", 0o755)
        if SSHServer.isIsolated { chown("\(server.home.path)/probe", 4711, 4711) }
    }

    private func names(in server: SSHServer) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "\(server.home.path)/probe")) ?? []).sorted()
    }

    private func probed(_ habits: String..., by transport: SFTPSettings.Transport = .openSSH) async throws -> (ServerProbe.Findings, [String]) {
        let server = try QuirkyServer.start(habits)
        probeFolder(of: server)
        let endpoint = try SFTPEndpoint.to(server, transport: transport, probeFolder: "probe")
        let probe = try await endpoint.probe(keeping: book.memory())
        return (try #require(probe).findings, names(in: server))
    }

    @Test(arguments: SFTPSettings.Transport.allCases)
    func `a probe of OpenSSH finds what it can do, and leaves nothing behind`(by transport: SFTPSettings.Transport) async throws {
        let server = try SSHServer()
        probeFolder(of: server)
        server.home.write("probe/theirs.csv", Array("A,1\n".utf8))

        let endpoint = try SFTPEndpoint.to(server, transport: transport, probeFolder: "probe")
        let probe = try #require(try await endpoint.probe(keeping: book.memory()))

        let found = probe.findings
        #expect(found.renames == true && found.renameOntoExisting == .refused, "\(found)")
        #expect(found.renamesOver == (transport == .openSSH ? true : nil))
        #expect(found.flushes == true && found.setsTimes == true && found.timePrecision == 1000)
        #expect(found.isCaseSensitive == true && found.handles == 16 && found.listingOrder != nil)
        #expect((found.freeSpace ?? 0) > 0)
        #expect((found.limits != nil) == (transport == .openSSH))
        #expect(abs(found.clockAhead ?? .max) < 5000)
        #expect(found.algorithms.first?.hasPrefix("curve25519") == true && found.algorithms.contains("ssh-ed25519"), "\(found.algorithms)")
        #expect(found.notes.isEmpty, "\(found.notes)")
        #expect(probe.identity.banner?.hasPrefix("SSH-2.0-OpenSSH") == true)
        #expect(probe.identity.hostKey == (try server.hostKeys[0].fingerprint()))
        #expect(probe.identity.address == "127.0.0.1:\(server.port)")
        #expect(names(in: server) == ["theirs.csv"])
        #expect(book.made == [probe])
    }

    @Test(arguments: SFTPSettings.Transport.allCases)
    func `a server that cannot rename, flush or set times is found out`(by transport: SFTPSettings.Transport) async throws {
        let (found, left) = try await probed("no-rename", "no-setstat", by: transport)

        #expect(found.renames == false && found.renameOntoExisting == nil && found.renamesOver != true)
        #expect(found.flushes == false && found.setsTimes == false && found.timePrecision == nil && found.freeSpace == nil)
        #expect(left.isEmpty)
    }

    @Test func `a refusal without a reason is one, too`() async throws {
        #expect(try await probed("generic-rename").0.renames == false)
    }

    @Test func `a rename that overwrites, one that only says so, and one in one step are told apart`() async throws {
        let overwriting = try await probed("overwriting-rename")
        let false_ = try await probed("false-posix-rename")
        let true_ = try await probed("posix-rename")

        #expect(overwriting.0.renameOntoExisting == .overwrites && overwriting.0.renamesOver == false)
        #expect(false_.0.renameOntoExisting == .refused && false_.0.renamesOver == false)
        #expect(true_.0.renamesOver == true)
        #expect(overwriting.1 + false_.1 + true_.1 == [])
    }

    @Test func `coarse times are found by setting them and in the listing, a server without times has none`() async throws {
        #expect(try await probed("two-second-times").0.timePrecision == 2000)
        #expect(try await probed("minute-times").0.timePrecision == 60_000)
        #expect(try await probed("listed-minutes").0.timePrecision ?? 0 >= 59_000)
        let without = try await probed("no-time").0
        #expect(without.timePrecision == nil && without.clockAhead == nil)
    }

    @Test func `letter case, open files and the order of listings are found`() async throws {
        let found = try await probed("any-case", "one-handle").0

        #expect(found.isCaseSensitive == false)
        #expect(found.handles == 1)
        #expect(found.listingOrder == .byName)
    }

    @Test func `a folder that may only be written to is asked what it can be, and why the rest was not is noted`() async throws {
        let (found, left) = try await probed("write-only")

        #expect(found.renames == true && found.isCaseSensitive == true)
        #expect(found.listingOrder == nil && found.renameOntoExisting == .refused)
        #expect(!found.notes.isEmpty)
        #expect(left.isEmpty)
    }

    @Test func `a gateway that takes files away is found out with one file`() async throws {
        let server = try QuirkyServer.start(["takes-closed"])
        probeFolder(of: server)
        let probe = try await SFTPEndpoint.to(server, transport: .openSSH, probeFolder: "probe").probe(keeping: book.memory())

        #expect(probe?.findings.notes.contains { $0.contains("gone as it was closed") } == true, "\(String(describing: probe))")
        #expect(((try? FileManager.default.contentsOfDirectory(atPath: "\(server.home.path)/taken")) ?? []).count == 1)
    }

    @Test func `where nothing can be removed again one file is written and no more, and its name is told`() async throws {
        let (found, left) = try await probed("no-remove")

        #expect(left.count == 1)
        #expect(found.notes.contains { $0.contains("cannot be removed") && $0.contains(left.first ?? "?") }, "\(found.notes)")
        #expect(found.renames == nil)
    }

    @Test(arguments: [nil, "nowhere"])
    func `without a folder, or with one that is not there, nothing is written and what can be asked is asked`(folder: String?) async throws {
        let server = try SSHServer()
        let endpoint = try SFTPEndpoint.to(server, transport: .openSSH, probeFolder: folder)
        let before = try FileManager.default.subpathsOfDirectory(atPath: server.home.path)

        let found = try #require(try await endpoint.probe(keeping: book.memory())).findings

        #expect(found.renames == nil && found.flushes == nil && found.isCaseSensitive == nil)
        #expect(found.limits != nil && !found.algorithms.isEmpty)
        #expect(!found.notes.isEmpty)
        #expect(try FileManager.default.subpathsOfDirectory(atPath: server.home.path) == before)
    }

    @Test(arguments: SFTPSettings.Transport.allCases)
    func `F22 what a probe that was cut off anywhere has left behind is gone after the next one, and other files stay`(
        by transport: SFTPSettings.Transport
    ) async throws {
        let server = try SSHServer()
        probeFolder(of: server)
        server.home.write("probe/theirs.csv", Array("A,1\n".utf8))
        server.home.write("probe/.tallyman-probe-of-another-ledger-a", Array("x".utf8))
        let theirs = [".tallyman-probe-of-another-ledger-a", "theirs.csv"]
        var leftovers = 0

        for bytes in stride(from: 3600, to: 9600, by: 1000) {
            let proxy = FaultProxy(to: server.port, plans: [.reset(.fromClient, after: bytes)])
            let cut = try SFTPEndpoint.to(server, port: proxy.port, transport: transport, probeFolder: "probe")
            _ = try? await cut.probe(keeping: book.memory())
            leftovers += names(in: server).count - theirs.count
            proxy.stop()
        }
        let endpoint = try SFTPEndpoint.to(server, transport: transport, probeFolder: "probe")
        let probe = try await endpoint.probe(keeping: book.memory())

        #expect(leftovers > 0)
        #expect(probe?.findings.renames == true)
        #expect(names(in: server) == theirs)
    }

    @Test func `while one process probes another one does not, and its findings are not waited for`() async throws {
        let server = try SSHServer()
        probeFolder(of: server)
        let lock = open(book.lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
        let endpoint = try SFTPEndpoint.to(server, probeFolder: "probe", memory: book.memory())

        let probe = try await endpoint.probe(keeping: book.memory())
        try await endpoint.withSession { session in #expect(session.capabilities.renaming == .possible) }

        #expect(probe == nil && book.made.isEmpty)
        close(lock)
        #expect(try await endpoint.probe(keeping: book.memory()) != nil)
    }

    // MARK: When

    @Test(arguments: SFTPSettings.Transport.allCases)
    func `a server is probed before its first work, and again when its address, host key or settings are others`(
        by transport: SFTPSettings.Transport
    ) async throws {
        let server = try SSHServer()
        probeFolder(of: server)
        func work(_ change: (inout SFTPEndpoint) throws -> Void = { _ in }) async throws -> Int {
            var endpoint = try SFTPEndpoint.to(server, transport: transport, probeFolder: "probe", memory: book.memory())
            try change(&endpoint)
            try await endpoint.withSession { try $0.list(folder: "") { _ in } }
            return book.made.count
        }

        #expect(try await work() == 1)
        #expect(try await work() == 1)
        let proxy = FaultProxy(to: server.port)
        #expect(
            try await work {
                $0 = try .to(server, port: proxy.port, transport: transport, probeFolder: "probe", memory: book.memory())
            } == 2, "another address")
        #expect(
            try await work {
                $0 = try .to(
                    server, algorithms: .current.allowing(["hmac-sha1"]), transport: transport, probeFolder: "probe", memory: book.memory())
            } == 3, "other settings")
        let ecdsa = try #require(HostKeyFingerprint(server.hostKeys[1].fingerprint()))
        #expect(
            try await work {
                $0 = try .to(server, hostKeys: .pinned([ecdsa]), transport: transport, probeFolder: "probe", memory: book.memory())
            } == 4, "another host key")
        #expect(try await work() == 4, "what was known before is known still")
        #expect(names(in: server).isEmpty)
    }

    @Test func `without a folder in the settings, and where nothing may be tried, work is begun without a probe`() async throws {
        let server = try SSHServer()
        probeFolder(of: server)
        try await SFTPEndpoint.to(server, memory: book.memory()).withSession { try $0.list(folder: "") { _ in } }
        try await SFTPEndpoint.to(server, probeFolder: "probe", memory: book.memory(.never)).withSession { try $0.list(folder: "") { _ in } }

        #expect(book.made.isEmpty)
    }

    // MARK: Silence

    @Test(arguments: SFTPSettings.Transport.allCases)
    func `a server that cuts silent connections is found out, and one that does not`(by transport: SFTPSettings.Transport) async throws {
        let cutting = try QuirkyServer.start(["cuts-idle"])
        let keeping = try SSHServer.shared.get()

        let deadlines = SFTPSettings.Deadlines(connect: .seconds(20), idle: .seconds(2))
        let cut = try await SFTPEndpoint.to(cutting, deadlines: deadlines, transport: transport).probe(
            keeping: book.memory(), silence: .milliseconds(2500))
        let kept = try await SFTPEndpoint.to(keeping, transport: transport).probe(keeping: book.memory(), silence: .milliseconds(1100))

        #expect((1...3).contains(try #require(cut?.findings.idleCut)) && cut?.findings.idleKept == nil)
        #expect(kept?.findings.idleCut == nil && kept?.findings.idleKept == 1)
        // A later probe that does not wait keeps what the wait has told.
        let again = try await SFTPEndpoint.to(cutting, transport: transport).probe(keeping: book.memory())
        #expect(again?.findings.idleCut == cut?.findings.idleCut)
    }
}
