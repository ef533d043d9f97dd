import Domain
import Endpoints
import Foundation
import Glibc
import Synchronization
import TestKit
import Testing

/// Slow and silent lines, servers that are started anew, and accounts that lock.
struct SlowLineTests {
    /// 64 kbit a second.
    private let slow = 8_000

    @Test(arguments: SFTPSettings.Transport.allCases)
    // A packet of 32 KB alone takes four seconds, and nothing of it is seen before its end.
    func `F6 over a line of 64 kbit a second a file comes and another one goes, with a deadline shorter than either`(
        by transport: SFTPSettings.Transport
    ) async throws {
        let server = try SSHServer.shared.get()
        let content = SeededRandom.content(96_000)
        server.home.write("slow-in-\(transport)", content)
        let deadlines = SFTPSettings.Deadlines(connect: .seconds(20), idle: .seconds(10))

        let (down, up) = (
            FaultProxy(to: server.port, plans: [.slow(.fromServer, bytesPerSecond: slow)]),
            FaultProxy(to: server.port, plans: [.slow(.fromClient, bytesPerSecond: slow)])
        )
        async let back = SFTPEndpoint.to(server, port: down.port, deadlines: deadlines, transport: transport).withSession {
            try $0.content(of: RemotePath(folder: "", name: "slow-in-\(transport)"))
        }
        async let size = SFTPEndpoint.to(server, port: up.port, deadlines: deadlines, transport: transport).withSession { session in
            try session.put(RemotePath(folder: "", name: "slow-out-\(transport)"), content)
            return try session.stat(RemotePath(folder: "", name: "slow-out-\(transport)"))?.size
        }

        #expect(try await back == content)
        #expect(try await size == 96_000)
        #expect(server.home.read("slow-out-\(transport)") == content)
    }

    enum Step: Int, CaseIterable { case list, receive, claim, put, rename, replace, remove }

    @Test(arguments: Step.allCases, SFTPSettings.Transport.allCases)
    func `F9 a server that is started anew before any step loses nothing and doubles nothing`(_ step: Step, by transport: SFTPSettings.Transport)
        async throws
    {
        var options = SSHServer.Options()
        options.hostKeyFolder = TemporaryFolder()
        let home = TemporaryFolder()
        options.home = home
        let first = try SSHServer(options)
        options.port = first.port
        let (stock, order) = (Array("A,1\n".utf8), Array("order".utf8))
        for folder in ["in", "out", "archive"] {
            mkdir("\(home.path)/\(folder)", 0o755)
            if SSHServer.isIsolated { chown("\(home.path)/\(folder)", 4711, 4711) }
        }
        home.write("in/STOCK.csv", stock)
        if SSHServer.isIsolated { chown("\(home.path)/in/STOCK.csv", 4711, 4711) }
        let again = options
        let servers = Mutex([first])
        let restarted = Mutex(false)
        let restart: @Sendable (Step) throws -> Void = { at in
            guard at == step, !restarted.withLock({ Self.take(&$0) }) else { return }
            servers.withLock { $0[0] }.stop()
            // The port is free a moment after the old server's end.
            for _ in 0..<50 {
                guard let second = try? SSHServer(again) else { continue }
                return servers.withLock { $0.append(second) }
            }
            throw ConformanceFailure(description: "the server does not start again")
        }
        let spool = try Spool(folder: TemporaryFolder.kept.path + "/restart-\(step)-\(transport)", timeline: .system)
        let endpoint = RetryingEndpoint(
            try SFTPEndpoint.to(first, transport: transport), backoff: Backoff(first: .milliseconds(1)), timeline: .system)
        let held = Mutex((RemoteFile, SpooledFile)?.none)
        let isPut = Mutex(false)

        for _ in 0..<4 {
            do {
                try await endpoint.withSession { session in
                    _ = try session.stat(RemotePath(folder: "", name: "x"))
                    let path = RemotePath(folder: "in", name: "STOCK.csv")
                    if held.withLock({ $0 }) == nil {
                        try restart(.list)
                        var seen: RemoteFile?
                        try session.list(folder: "in") { seen = $0 }
                        try restart(.receive)
                        let file = try spool.receive(try #require(seen), at: path, session: session)
                        held.withLock { $0 = (seen.unsafelyUnwrapped, file) }
                    }
                    let (seen, file) = try #require(held.withLock { $0 })
                    try restart(.claim)
                    _ = try AfterReading.move(folder: "archive", naming: .keep).perform(on: path, file: seen, hash: file.hash, session: session)
                    let (temporary, final) = (RemotePath(folder: "out", name: "ORD.tmp"), RemotePath(folder: "out", name: "ORD.csv"))
                    if !isPut.withLock({ $0 }) {
                        try restart(.remove)
                        try session.remove(temporary)
                        try restart(.put)
                        try session.put(temporary, order)
                        isPut.withLock { $0 = true }
                    }
                    try restart(.rename)
                    if try session.settleRename(temporary, to: final, size: 5) == .pending { try session.rename(temporary, to: final) }
                    try session.put(RemotePath(folder: "out", name: "STATE.tmp"), [1])
                    try restart(.replace)
                    try session.replace(RemotePath(folder: "out", name: "STATE.csv"), with: RemotePath(folder: "out", name: "STATE.tmp"))
                }
                break
            } catch let failure as Diagnostic {
                #expect([.transient, .ambiguous].contains(failure.kind) || failure.code == "TARGET-EXISTS", "\(failure)")
                try? await endpoint.withSession { try $0.remove(RemotePath(folder: "out", name: "STATE.tmp")) }
            }
        }

        #expect(restarted.withLock { $0 })
        #expect(home.names(in: "in") == [])
        #expect(home.read("archive/STOCK.csv") == stock && home.names(in: "archive") == ["STOCK.csv"])
        #expect(home.read("out/ORD.csv") == order && home.names(in: "out") == ["ORD.csv", "STATE.csv"])
    }

    private static func take(_ flag: inout Bool) -> Bool {
        defer { flag = true }
        return flag
    }

    @Test(arguments: SFTPSettings.Transport.allCases)
    func `F11 failed logins stop after one, counted in the server's own log, and a changed host key sends no credential`(
        by transport: SFTPSettings.Transport
    ) async throws {
        var options = SSHServer.Options()
        options.configuration = ["LogLevel DEBUG1"]
        let server = try SSHServer(options)
        let stranger = try SSHKeyPair(.ed25519, in: TemporaryFolder.kept, named: "stranger-counted-\(transport)")
        let key = SFTPSettings.Authentication.key(Secret(stranger.privateText), passphrase: nil)
        let pin = SFTPSettings.HostKeys.pinned([try #require(HostKeyFingerprint(stranger.fingerprint()))])

        for _ in 0..<2 {
            let clock = ManualTimeline()
            let endpoint = RetryingEndpoint(
                try SFTPEndpoint.to(server, authentication: key, transport: transport), timeline: clock.timeline)
            _ = try await diagnostic { try await endpoint.withSession { _ in } }
            _ = try await diagnostic { try await SFTPEndpoint.to(server, hostKeys: pin, transport: transport).withSession { _ in } }
        }
        server.stop()
        let log = server.log(until: "\u{0}")

        // One for each call of a run, however patient the endpoint is; none of the connections that showed another key came as far.
        #expect(log.components(separatedBy: "Failed publickey for \(server.user)").count - 1 == 2, "\(log)")
        #expect(log.components(separatedBy: "userauth-request for user \(server.user)").count - 1 <= 4)
        #expect(!log.contains("Accepted"))
    }
}
