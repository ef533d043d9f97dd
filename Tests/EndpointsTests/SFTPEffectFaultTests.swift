import Domain
import Endpoints
import Glibc
import Synchronization
import TestKit
import Testing

/// Faults around a change: what is on the server afterwards is what counts.
struct SFTPEffectFaultTests {
    /// A server of its own, because these tests look at the whole home.
    private let server: SSHServer

    init() throws { server = try SSHServer() }

    private func path(_ name: String, in folder: String = "") -> RemotePath { RemotePath(folder: folder, name: name) }

    @Test func `F13 a rename whose reply is lost is settled by looking, over a new connection`() async throws {
        let proxy = FaultProxy(to: server.port)
        let armed = Mutex(true)
        var calls = LibSSH2Calls.library
        calls.rename = { sftp, old, new in
            // Called again until the answer is there.
            if armed.withLock({ armed in
                defer { armed = false }; return armed
            }) {
                proxy.cutNextReply()
            }
            return LibSSH2Calls.library.rename(sftp, old, new)
        }
        let endpoint = try SFTPEndpoint.to(server, port: proxy.port, calls: calls)

        let names = try await endpoint.withSession { [self] session in
            try session.put(path("ORD.tmp"), Array("order".utf8))
            try session.rename(path("ORD.tmp"), to: path("ORD.csv"))
            return try session.names(in: "")
        }

        #expect(names == ["ORD.csv"])
        #expect(proxy.connectionCount == 2)
    }

    @Test func `F13 a lost reply that cannot be settled is ambiguous, not failed`() async throws {
        let server = server
        var calls = LibSSH2Calls.library
        calls.rename = { _, _, _ in
            server.stop()
            return -43
        }

        let failure = try await diagnostic {
            try await SFTPEndpoint.to(server, deadlines: .init(connect: .seconds(2), idle: .seconds(2)), calls: calls).withSession { [self] session in
                try session.put(path("ORD.tmp"), Array("order".utf8))
                try session.rename(path("ORD.tmp"), to: path("ORD.csv"))
            }
        }

        #expect(failure.code == "RENAME-UNKNOWN")
        #expect(failure.kind == .ambiguous)
    }

    @Test func `F15 a server that stops between link and unlink leaves one file after the rename`() async throws {
        let home = server.home.path
        var calls = LibSSH2Calls.library
        calls.rename = { _, _, _ in
            link("\(home)/ORD.tmp", "\(home)/ORD.csv")
            return -43
        }

        let names = try await SFTPEndpoint.to(server, calls: calls).withSession { [self] session in
            try session.put(path("ORD.tmp"), Array("order".utf8))
            try session.rename(path("ORD.tmp"), to: path("ORD.csv"))
            return try session.names(in: "")
        }

        #expect(names == ["ORD.csv"])
    }

    @Test func `F14 a target that appears during the rename stops it and nothing is overwritten`() async throws {
        let home = server.home
        var calls = LibSSH2Calls.library
        calls.rename = { sftp, old, new in
            if home.read("ORD.csv") == nil { home.write("ORD.csv", Array("somebody else's".utf8)) }
            return LibSSH2Calls.library.rename(sftp, old, new)
        }

        let failure = try await diagnostic {
            try await SFTPEndpoint.to(server, calls: calls).withSession { [self] session in
                try session.put(path("ORD.tmp"), Array("order".utf8))
                try session.rename(path("ORD.tmp"), to: path("ORD.csv"))
            }
        }

        #expect(failure.code == "TARGET-EXISTS")
        #expect(home.read("ORD.csv") == Array("somebody else's".utf8))
        #expect(home.read("ORD.tmp") == Array("order".utf8))
    }

    @Test func `F12 an upload cut at any sixteenth leaves no final file, and the next attempt succeeds`() async throws {
        let content = SeededRandom.content(400_000)
        // Plans are taken in order, one connection each: cut, then clean.
        let plans = (1...16).flatMap { [FaultProxy.Fault.reset(.fromClient, after: 3_000 + $0 * 24_000), .none] }
        let proxy = FaultProxy(to: server.port, plans: plans)
        let endpoint = try SFTPEndpoint.to(server, port: proxy.port)
        let (partial, final) = (path("ORD.tmp"), path("ORD.csv"))

        for _ in 1...16 {
            let failure = try await diagnostic {
                try await endpoint.withSession { session in
                    try session.put(partial, content)
                    try session.rename(partial, to: final)
                }
            }
            #expect(failure.kind == .ambiguous)
            #expect(server.home.read("ORD.csv") == nil)
            try await endpoint.withSession { session in
                try session.remove(partial)
                try session.put(partial, content)
                try session.rename(partial, to: final)
            }
            #expect(server.home.read("ORD.csv") == content)
            #expect(server.home.names() == ["ORD.csv"])
            try await SFTPEndpoint.to(server).withSession { try $0.remove(final) }
        }
    }

    @Test(.enabled(if: SSHServer.isIsolated, "needs a small file system of its own, so root"))
    func `F16 a full disk at the other end is an error, and the partial file is removed`() async throws {
        var options = SSHServer.Options()
        options.smallDisk = 256
        let full = try SSHServer(options)
        print("F16 on a tmpfs of 256 KB in the server's mount namespace")

        let failure = try await diagnostic {
            try await SFTPEndpoint.to(full).withSession { [self] in try $0.put(path("big", in: "small"), SeededRandom.content(1_000_000)) }
        }
        let left = try await SFTPEndpoint.to(full).withSession { try $0.names(in: "small") }

        #expect(failure.code == "WRITE-FAILED")
        #expect(failure.kind == .transient)
        #expect(failure.fix.contains("free space"))
        #expect(left == [])
    }

    @Test(.enabled(if: SSHServer.isIsolated, "rights do not bind the tests' own account, so an account of its own is needed"))
    func `F17 each operation that is denied names the path and the right needed`() async throws {
        server.home.write("locked/a.csv", Array("a".utf8), mode: 0o600)
        let endpoint = try SFTPEndpoint.to(server)
        let path = path("a.csv", in: "locked")

        // The folder and its file belong to root: entering is allowed, changing is not, nor is reading the file.
        let denials: [(String, @Sendable (any EndpointSession) throws -> Void)] = [
            ("read (r) on the file", { try $0.read(path) { _ in } }),
            ("write and search (wx) on the folder", { try $0.put(RemotePath(folder: "locked", name: "b"), [1]) }),
            ("write and search (wx) on both folders", { try $0.rename(path, to: RemotePath(folder: "", name: "b")) }),
            ("write and search (wx) on the folder", { try $0.remove(path) }),
            ("write and search (wx) on the folder above", { try $0.makeFolder("locked/inner") }),
        ]
        for (right, attempt) in denials {
            let denial = try await diagnostic { try await endpoint.withSession(attempt) }
            #expect(denial.code == "PERMISSION-DENIED")
            #expect(denial.kind == .permanent)
            #expect(denial.fix.contains(right))
            #expect(denial.location?.file.contains("locked") == true)
        }
        chmod("\(server.home.path)/locked", 0o700)
        let listing = try await diagnostic { try await endpoint.withSession { try $0.list(folder: "locked") { _ in } } }
        #expect(listing.code == "PERMISSION-DENIED")
        #expect(listing.fix.contains("read and search (r-x)"))
    }

    @Test func `a replacement that fails in the middle puts the old file back`() async throws {
        server.home.write("STOCK.csv", Array("old".utf8))
        var calls = LibSSH2Calls.library
        calls.rename = { sftp, old, new in
            // Refuse the second step: the new file into its place.
            new == Array("STOCK.csv".utf8) && old == Array("STOCK.tmp".utf8) ? -31 : LibSSH2Calls.library.rename(sftp, old, new)
        }

        let failure = try await diagnostic {
            try await SFTPEndpoint.to(server, calls: calls).withSession { [self] session in
                try session.put(path("STOCK.tmp"), Array("new".utf8))
                try session.replace(path("STOCK.csv"), with: path("STOCK.tmp"))
            }
        }

        #expect(failure.kind != .unauthorised)
        #expect(server.home.read("STOCK.csv") == Array("old".utf8))
        #expect(server.home.names() == ["STOCK.csv", "STOCK.tmp"])
    }
}
