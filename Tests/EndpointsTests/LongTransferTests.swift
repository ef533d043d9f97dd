import Domain
import Endpoints
import Glibc
import TestKit
import Testing

/// Keys that are changed on the way, lines that lose packets, servers that look whether somebody is there, and times that mean nothing.
struct LongTransferTests {
    @Test(arguments: SFTPSettings.Transport.allCases)
    func `F28 keys that are changed after each megabyte disturb neither a file that comes nor one that goes`(by transport: SFTPSettings.Transport)
        async throws
    {
        var options = SSHServer.Options()
        options.configuration = ["RekeyLimit 1M", "ClientAliveInterval 1", "ClientAliveCountMax 2"]
        let server = try SSHServer(options)
        let content = SeededRandom.content(6 << 20)
        let path = RemotePath(folder: "", name: "big")

        let back = try await SFTPEndpoint.to(server, transport: transport).withSession { session in
            try session.put(path, content)
            return try session.content(of: path)
        }

        #expect(back == content)
        #expect(server.home.read("big") == content)
    }

    @Test(arguments: SFTPSettings.Transport.allCases)
    func `F7 a line that holds up one piece in ten, as lost packets do, is not left`(by transport: SFTPSettings.Transport) async throws {
        let server = try SSHServer.shared.get()
        let proxy = FaultProxy(to: server.port, plans: [.holding(every: 10, milliseconds: 200)])
        let content = SeededRandom.content(500_000)
        let path = RemotePath(folder: "", name: "lossy-\(transport)")
        let deadlines = SFTPSettings.Deadlines(connect: .seconds(20), idle: .seconds(3))

        let back = try await SFTPEndpoint.to(server, port: proxy.port, deadlines: deadlines, transport: transport).withSession { session in
            try session.put(path, content)
            return try session.content(of: path)
        }

        #expect(back == content)
    }

    @Test(arguments: SFTPSettings.Transport.allCases)
    func `F26 times of a real server in the future, in 1970 or other at each look keep no file for ever`(by transport: SFTPSettings.Transport)
        async throws
    {
        let server = try SSHServer.shared.get()
        let folder = "times-\(transport)"
        mkdir("\(server.home.path)/\(folder)", 0o755)
        server.home.write("\(folder)/a.csv", Array("A,1".utf8))
        let file = "\(server.home.path)/\(folder)/a.csv"
        let path = RemotePath(folder: folder, name: "a.csv")
        let policy = SettlePolicy.unchanged(for: .seconds(30))

        try await SFTPEndpoint.to(server, transport: transport).withSession { session in
            for moments in [[4_000_000_000], [0], (0..<8).map { 1_700_000_000 + $0 * 100 }] {
                var observation: Observation?
                var isSettled = false
                for look in 0..<8 where !isSettled {
                    let seconds = moments[min(look, moments.count - 1)]
                    let time = timespec(tv_sec: seconds, tv_nsec: 0)
                    utimensat(AT_FDCWD, file, [time, time], 0)
                    let stated = try #require(try session.stat(path))
                    let seen = try #require(try session.fillingGaps(of: stated, in: folder, limit: 1000))
                    #expect(seen.gaps.contains(.time) == (seconds == 0))
                    let at = ScanTime(wall: UTCInstant(fileSeconds: 1_750_000_000 + Int64(look) * 60), uptime: .seconds(look * 60))
                    let (now, verdict) = policy.judge(seen, earlier: observation, announcement: .absent, at: at)
                    observation = now
                    if case .settled = verdict { isSettled = true }
                }
                #expect(isSettled, "\(moments)")
            }
        }
    }
}
