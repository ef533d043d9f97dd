import Domain
import Endpoints
import Foundation
import Glibc
import Synchronization
import TestKit
import Testing

/// What other people's folders hold besides files, at an sshd that shows all of it.
struct RealServerNamesTests {
    private let server: SSHServer

    init() throws {
        server = try SSHServer()
        try FileManager.default.createDirectory(atPath: "\(server.home.path)/out", withIntermediateDirectories: true)
    }

    private static let names: [[UInt8]] =
        [
            "line\nbreak.csv", "\u{1B}[2Jclear.csv", "-rf.csv", "=cmd|'calc'!A0.csv", "bidi\u{202E}vsc.exe.csv", " .csv", "$(reboot).csv",
            "a;b`c`.csv", "tab\t.csv", "..csv", "zero\u{200B}width.csv", String(repeating: "n", count: 251) + ".csv",
        ].map { Array($0.utf8) } + [
            [0xC3, 0x28] + Array(".csv".utf8), [0xFF, 0xFE] + Array("x.csv".utf8), [UInt8](0x80...0xBF) + Array(".csv".utf8),
        ]

    private func path(_ name: [UInt8]) -> [CChar] {
        (Array("\(server.home.path)/out/".utf8) + name).map { CChar(bitPattern: $0) } + [0]
    }

    private func write(_ name: [UInt8], _ content: [UInt8]) throws {
        let number = open(path(name), O_WRONLY | O_CREAT | O_EXCL, 0o644)
        try #require(number >= 0, "\(String(cString: strerror(errno)))")
        defer { close(number) }
        #expect(Glibc.write(number, content, content.count) == content.count)
    }

    @Test func `F23 S1 S2 files of hostile names come from a real server byte for byte, and no name is a path or shown as it is`() async throws {
        for name in Self.names { try write(name, [UInt8]("content of ".utf8) + name) }
        let spoolFolder = TemporaryFolder()
        let spool = try Spool(folder: "\(spoolFolder.path)/spool", timeline: .system)
        let selection = FileSelection(patterns: [GlobPattern("*.csv")])

        let taken = try await SFTPEndpoint.to(server).withSession { session in
            var files: [RemoteFile] = []
            try session.list(folder: "out") { if selection.judge($0) == .selected { files.append($0) } }
            return try files.map { ($0.name, try spool.receive($0, at: RemotePath(folder: "out", name: $0.name), session: session)) }
        }

        // What begins with a dot is hidden, not wanted.
        let wanted = Set(Self.names.filter { $0.first != UInt8(ascii: ".") })
        #expect(Set(taken.map(\.0)) == wanted)
        for (name, spooled) in taken {
            #expect(try [UInt8](Data(contentsOf: URL(fileURLWithPath: spooled.path))) == Array("content of ".utf8) + name)
            #expect(spooled.path == "\(spoolFolder.path)/spool/\(spooled.hash.hex)" || spooled.path.hasSuffix(spooled.hash.hex))
            let shown = Escaped(name).description.unicodeScalars
            #expect(
                shown.allSatisfy {
                    $0.value >= 0x20 && $0.value != 0x7F && !(0x200B...0x200F).contains($0.value) && !(0x202A...0x202E).contains($0.value)
                }, "\(Escaped(name))")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: spoolFolder.path) == ["spool"])
    }

    @Test func `F24 S3 links, pipes, sockets and folders of a real server are never read, however they are called`() async throws {
        let out = "\(server.home.path)/out"
        try write(Array("real.csv".utf8), [1])
        #expect(symlink("real.csv", "\(out)/link.csv") == 0 && symlink("/etc/passwd", "\(out)/passwd.csv") == 0)
        #expect(symlink("loop.csv", "\(out)/loop.csv") == 0 && symlink("nowhere", "\(out)/dangling.csv") == 0)
        #expect(mkfifo("\(out)/pipe.csv", 0o644) == 0 && mkdir("\(out)/folder.csv", 0o755) == 0)
        let selection = FileSelection(patterns: [GlobPattern("*.csv")])

        let (selected, refusals) = try await SFTPEndpoint.to(server).withSession { session in
            var selected: [String] = []
            try session.list(folder: "out") { if selection.judge($0) == .selected { selected.append(String(decoding: $0.name, as: UTF8.self)) } }
            let refusals = ["link", "passwd", "loop", "dangling", "pipe", "folder"].map { name -> String? in
                do {
                    try session.read(RemotePath(folder: "out", name: "\(name).csv")) { _ in }
                    return nil
                } catch { return (error as? Diagnostic)?.code }
            }
            return (selected, refusals)
        }

        #expect(selected == ["real.csv"])
        #expect(refusals == Array(repeating: "FILE-NOT-REGULAR", count: 6))
    }

    @Test func `F24 S3 a link that is put in the place of a file after the listing of a real server is not followed`() async throws {
        let out = "\(server.home.path)/out"
        try write(Array("a.csv".utf8), Array("mine".utf8))
        try "secret".write(toFile: "\(server.home.path)/secret", atomically: true, encoding: .utf8)
        let folder = TemporaryFolder()
        let spool = try Spool(folder: "\(folder.path)/spool", timeline: .system)

        let failure = await #expect(throws: Diagnostic.self) {
            try await SFTPEndpoint.to(server).withSession { session in
                guard let listed = try session.stat(RemotePath(folder: "out", name: "a.csv")) else { return }
                unlink("\(out)/a.csv")
                symlink("../secret", "\(out)/a.csv")
                _ = try spool.receive(listed, at: RemotePath(folder: "out", name: "a.csv"), session: session)
            }
        }

        #expect(["FILE-NOT-REGULAR", "FILE-CHANGED"].contains(failure?.code))
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/spool").isEmpty)
    }
}
