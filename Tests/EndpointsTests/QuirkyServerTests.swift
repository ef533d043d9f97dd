import Domain
import Endpoints
import Glibc
import TestKit
import Testing

/// Servers that leave out what the protocol lets them leave out, or cannot do what others can: by both transports.
@Suite(.enabled(if: QuirkyServer.isPresent, "needs /usr/bin/python3"))
struct QuirkyServerTests {
    private let file = RemotePath(folder: "", name: "STOCK.csv")

    private func server(_ habits: String..., content: [UInt8] = Array("sku,qty\nA,1\n".utf8)) throws -> SSHServer {
        let server = try QuirkyServer.start(habits)
        server.home.write("STOCK.csv", content)
        mkdir("\(server.home.path)/inner", 0o755)
        if SSHServer.isIsolated { chown("\(server.home.path)/STOCK.csv", 4711, 4711) }
        return server
    }

    private func entries(_ session: any EndpointSession) throws -> [String: RemoteFile] {
        var found: [String: RemoteFile] = [:]
        try session.list(folder: "") { found[String(decoding: $0.name, as: UTF8.self)] = $0 }
        return found
    }

    @Test(arguments: SFTPSettings.Transport.allCases)
    func `a server that says everything is read as it says`(by transport: SFTPSettings.Transport) async throws {
        let server = try server()

        try await SFTPEndpoint.to(server, transport: transport).withSession { session in
            let listed = try entries(session)["STOCK.csv"]
            #expect(listed?.kind == .regular && listed?.gaps == [] && listed?.size == 12)
            #expect(try listed == session.stat(file))
        }
    }

    @Test(arguments: ["no-type", "bare-permissions"], SFTPSettings.Transport.allCases)
    func `what has no kind in a listing is looked at, and a folder is told from a file`(_ habit: String, by transport: SFTPSettings.Transport)
        async throws
    {
        let server = try server(habit)

        try await SFTPEndpoint.to(server, transport: transport).withSession { session in
            let listed = try entries(session)
            #expect(listed["STOCK.csv"]?.kind == .unknown && listed["inner"]?.kind == .unknown)
            #expect(try session.stat(file)?.kind == .regular)
            #expect(try session.stat(RemotePath(folder: "", name: "inner"))?.kind == .directory)
            let (listedFile, listedFolder) = (try #require(listed["STOCK.csv"]), try #require(listed["inner"]))
            #expect(try session.fillingGaps(of: listedFile, in: "", limit: 1000)?.kind == .regular)
            #expect(try session.fillingGaps(of: listedFolder, in: "", limit: 1000) == nil)
            #expect(try session.content(of: file) == Array("sku,qty\nA,1\n".utf8))
            let refusal = #expect(throws: Diagnostic.self) { try session.list(folder: "STOCK.csv") { _ in } }
            #expect(refusal?.code == "FOLDER-EXPECTED")
        }
    }

    @Test(arguments: [["no-time"], ["no-size"], ["no-time", "no-size"], ["no-time", "no-size", "no-type"]], SFTPSettings.Transport.allCases)
    func `a file without a time or a size is known by its content, and a rewrite of equal size is seen`(
        _ habits: [String], by transport: SFTPSettings.Transport
    ) async throws {
        let server = try QuirkyServer.start(habits)
        let home = server.home
        home.write("STOCK.csv", Array("A,1\n".utf8))
        let spool = try Spool(folder: TemporaryFolder.kept.path + "/spool-\(server.port)", timeline: .system)

        try await SFTPEndpoint.to(server, transport: transport).withSession { session in
            let listed = try #require(try entries(session)["STOCK.csv"])
            #expect(listed.gaps.contains(.time) == habits.contains("no-time"))
            #expect(listed.gaps.contains(.size) == habits.contains("no-size"))
            let first = try #require(try session.fillingGaps(of: listed, in: "", limit: 1000))
            #expect(first.size == 4)
            #expect(try spool.receive(first, at: file, session: session).size == 4)

            home.write("STOCK.csv", Array("A,2\n".utf8))
            let second = try #require(try session.fillingGaps(of: listed, in: "", limit: 1000))
            if habits.contains("no-time") {
                #expect(second.mark != first.mark)
                // What was seen is not what is there: it is not taken for it.
                let refusal = #expect(throws: Diagnostic.self) { try spool.receive(first, at: file, session: session) }
                #expect(refusal?.code == "FILE-CHANGED")
            }
            #expect(try spool.receive(second, at: file, session: session).size == 4)
            let refusal = #expect(throws: Diagnostic.self) { try session.fillingGaps(of: listed, in: "", limit: 3) }
            #expect(listed.gaps.isEmpty || refusal?.code == "FILE-TOO-LARGE")
        }
    }

    @Test(arguments: [["no-time"], ["no-size"], ["no-type"], ["no-time", "no-size", "no-type"]], SFTPSettings.Transport.allCases)
    func `what such a server leaves out keeps no file from being put, archived or removed`(
        _ habits: [String], by transport: SFTPSettings.Transport
    ) async throws {
        let server = try QuirkyServer.start(habits)
        let content = SeededRandom.content(70_000)

        let names = try await SFTPEndpoint.to(server, transport: transport).withSession { session in
            try session.put(file, content)
            #expect(try session.look(at: file, for: ContentHash(of: content), size: Int64(content.count)) == .same)
            let stated = try #require(try session.stat(file))
            let seen = try #require(try session.fillingGaps(of: stated, in: "", limit: 1 << 20))
            let effect = try AfterReading.move(folder: "archive", naming: .keep).perform(
                on: file, file: seen, hash: ContentHash(of: content), session: session)
            #expect(effect == .moved(RemotePath(folder: "archive", name: "STOCK.csv")))
            return try session.names(in: "archive")
        }

        #expect(names == ["STOCK.csv"])
        #expect(server.home.read("archive/STOCK.csv") == content)
    }

    @Test(arguments: ["short-reads", "reordered", "page-of-one"], SFTPSettings.Transport.allCases)
    func `answers that are short, in another order or one by one lose nothing`(_ habit: String, by transport: SFTPSettings.Transport) async throws {
        let content = SeededRandom.content(300_001)
        let server = try server(habit, content: content)

        let endpoint = try SFTPEndpoint.to(server, transport: transport)
        if habit == "short-reads", transport == .libSSH2 {
            // The library asks ahead and cannot ask for a gap again; the message says which transport can.
            let refusal = try await diagnostic { try await endpoint.withSession { _ = try $0.content(of: file) } }
            #expect(refusal.code == "ENDPOINT-FAILED" && refusal.summary.contains("transport: openssh"), "\(refusal)")
            return
        }

        let (back, names) = try await endpoint.withSession { session in
            (try session.content(of: file), try entries(session).keys.sorted())
        }

        #expect(back == content)
        #expect(names == ["STOCK.csv", "inner"])
    }

    @Test(arguments: ["no-rename", "generic-rename"], SFTPSettings.Transport.allCases)
    func `a server that renames nothing is said to, and a file that was read is removed by its bytes all the same`(
        _ habit: String, by transport: SFTPSettings.Transport
    ) async throws {
        let server = try server(habit)

        try await SFTPEndpoint.to(server, transport: transport).withSession { session in
            let refusal = #expect(throws: Diagnostic.self) { try session.rename(file, to: RemotePath(folder: "", name: "b")) }
            #expect(refusal?.code == "ENDPOINT-FAILED" && refusal?.kind == .permanent)
            let seen = try #require(try session.stat(file))
            let effect = try AfterReading.delete.perform(on: file, file: seen, hash: ContentHash(of: Array("sku,qty\nA,1\n".utf8)), session: session)
            #expect(effect == .deleted)
        }
        #expect(server.home.read("STOCK.csv") == nil)
    }

    @Test(arguments: SFTPSettings.Transport.allCases)
    func `a file that a gateway takes as it is closed is told apart from one that did not arrive`(by transport: SFTPSettings.Transport) async throws {
        let server = try QuirkyServer.start(["takes-closed"])
        let content = SeededRandom.content(50_000)

        let told = try await diagnostic {
            try await SFTPEndpoint.to(server, transport: transport).withSession { try $0.put(file, content) }
        }

        #expect(told.code == "FILE-TAKEN")
        #expect(server.home.read("taken/STOCK.csv") == content)
    }

    @Test(arguments: SFTPSettings.Transport.allCases)
    func `F14 a server whose rename overwrites is never asked to`(by transport: SFTPSettings.Transport) async throws {
        let server = try server("overwriting-rename")
        server.home.write("ours.tmp", Array("ours".utf8))

        let refusal = try await diagnostic {
            try await SFTPEndpoint.to(server, transport: transport).withSession { try $0.rename(RemotePath(folder: "", name: "ours.tmp"), to: file) }
        }

        #expect(refusal.code == "TARGET-EXISTS")
        #expect(server.home.read("STOCK.csv") == Array("sku,qty\nA,1\n".utf8))
    }

    @Test(arguments: SFTPSettings.Transport.allCases)
    func `F25 a server that always says a wrong size is explained where a file is taken, and settled by the bytes where one is put`(
        by transport: SFTPSettings.Transport
    ) async throws {
        let server = try server("lying-size")
        let spool = try Spool(folder: TemporaryFolder.kept.path + "/spool-\(server.port)", timeline: .system)
        let content = SeededRandom.content(70_000)

        try await SFTPEndpoint.to(server, transport: transport).withSession { session in
            let seen = try #require(try session.stat(file))
            let refusal = #expect(throws: Diagnostic.self) { try spool.receive(seen, at: file, session: session) }
            #expect(refusal?.code == "FILE-SIZE-UNTRUE" && refusal?.kind == .permanent)
            #expect(refusal?.summary.contains("19 bytes") == true && refusal?.summary.contains("gives 12") == true)
            try session.put(RemotePath(folder: "", name: "ORD.tmp"), content)
            try session.rename(RemotePath(folder: "", name: "ORD.tmp"), to: RemotePath(folder: "", name: "ORD.csv"))
        }

        #expect(server.home.read("ORD.csv") == content)
        #expect(server.home.read("STOCK.csv") == Array("sku,qty\nA,1\n".utf8))
    }

    @Test(arguments: SFTPSettings.Transport.allCases)
    func `a write-only inbox gets a file under its final name, and a lost answer is settled without reading`(
        by transport: SFTPSettings.Transport
    ) async throws {
        let server = try server("write-only")
        let content = SeededRandom.content(70_000)
        let (temporary, final) = (RemotePath(folder: "", name: "ORD.tmp"), RemotePath(folder: "", name: "ORD.csv"))

        try await SFTPEndpoint.to(server, transport: transport).withSession { session in
            try session.put(temporary, content)
            #expect(try session.settleRename(temporary, to: final, size: 70_000) == .pending)
            try session.rename(temporary, to: final)
            #expect(try session.settleRename(temporary, to: final, size: 70_000) == .renamed)
            for body in [{ try session.list(folder: "") { _ in } }, { try session.read(final) { _ in } }] as [() throws -> Void] {
                let refusal = #expect(throws: Diagnostic.self) { try body() }
                #expect(refusal?.code == "PERMISSION-DENIED")
            }
        }

        #expect(server.home.read("ORD.csv") == content)
    }
}
