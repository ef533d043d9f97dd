import Domain
import Endpoints
import Glibc
import Synchronization
import TestKit
import Testing

/// Failures that no server produces on demand, one C call replaced at a time over a real connection.
struct ScriptedSFTPFailureTests {
    private let server: SSHServer

    init() throws { server = try SSHServer.shared.get() }

    private static let numbers = Atomic(0)

    private func fresh() -> RemotePath {
        RemotePath(folder: "", name: "scripted-\(Self.numbers.add(1, ordering: .relaxed).newValue).csv")
    }

    private func run<Value: Sendable>(
        _ change: (inout LibSSH2Calls) -> Void,
        _ body: @escaping @Sendable (any EndpointSession) throws -> Value
    ) async throws -> Value {
        var calls = LibSSH2Calls.library
        change(&calls)
        return try await SFTPEndpoint.to(server, calls: calls).withSession(body)
    }

    @Test func `short reads and short writes lose nothing`() async throws {
        let content = SeededRandom.content(50_000)
        let path = fresh()

        let back = try await run {
            $0.read = { LibSSH2Calls.library.read($0, UnsafeMutableRawBufferPointer(rebasing: $1.prefix(777))) }
            $0.write = { LibSSH2Calls.library.write($0, UnsafeRawBufferPointer(rebasing: $1.prefix(4096))) }
        } _: { session in
            try session.put(path, content)
            return try session.content(of: path)
        }

        #expect(back == content)
    }

    @Test func `a write that confirms nothing yet is made again, and one that never confirms anything ends`() async throws {
        let (content, path) = (SeededRandom.content(50_000), fresh())
        let turn = Atomic(0)

        let back = try await run {
            $0.write = { turn.add(1, ordering: .relaxed).newValue % 3 == 0 ? LibSSH2Calls.library.write($0, $1) : 0 }
        } _: { session in
            try session.put(path, content)
            return try session.content(of: path)
        }
        let other = fresh()
        let told = try await diagnostic {
            try await run {
                $0.write = { _, _ in 0 }
            } _: {
                try $0.put(other, content)
            }
        }

        #expect(back == content)
        #expect(told.code == "WRITE-FAILED" && told.kind == .transient)
        #expect(server.home.read(String(decoding: other.name, as: UTF8.self)) == nil)
    }

    @Test func `an answer of try-again before each call changes nothing`() async throws {
        let (content, path) = (SeededRandom.content(10_000), fresh())
        let turn = Atomic(0)
        /// Every second time. The socket may be silent then, so the wait ends by its other readiness.
        @Sendable func isBlocked() -> Bool { turn.add(1, ordering: .relaxed).newValue % 2 == 1 }

        let back = try await run {
            $0.blockDirections = { LibSSH2Calls.library.blockDirections($0) | 2 }
            $0.read = { isBlocked() ? -37 : LibSSH2Calls.library.read($0, $1) }
            $0.write = { isBlocked() ? -37 : LibSSH2Calls.library.write($0, $1) }
            $0.look = { isBlocked() ? -37 : LibSSH2Calls.library.look($0, $1, &$2) }
            $0.flush = { isBlocked() ? -37 : LibSSH2Calls.library.flush($0) }
            $0.unlink = { isBlocked() ? -37 : LibSSH2Calls.library.unlink($0, $1) }
        } _: { session in
            try session.put(path, content)
            let back = try session.content(of: path)
            try session.remove(path)
            return back
        }

        #expect(back == content)
    }

    @Test(arguments: [-43, -13, -7, -41, -4, -12])
    func `F3 F8 each way of losing the connection is transient in a read and ambiguous in a put`(_ code: Int) async throws {
        let path = fresh()
        server.home.write(String(decoding: path.name, as: UTF8.self), [1, 2, 3])
        let new = fresh()

        let read = try await diagnostic { try await run({ $0.read = { _, _ in code } }, { try $0.read(path) { _ in } }) }
        let put = try await diagnostic { try await run({ $0.write = { _, _ in code } }, { try $0.put(new, [1]) }) }

        #expect(read.code == "ENDPOINT-LOST" && read.kind == .transient)
        #expect(put.code == "ENDPOINT-LOST" && put.kind == .ambiguous)
        #expect(read.summary.contains("\(code)"))
    }

    @Test func `after a lost connection nothing more is asked of it`() async throws {
        let path = fresh()
        server.home.write(String(decoding: path.name, as: UTF8.self), [1])
        let looks = Atomic(0)

        let second = try await run {
            $0.read = { _, _ in -43 }
            $0.look = { sftp, path, attributes in
                looks.add(1, ordering: .relaxed)
                return LibSSH2Calls.library.look(sftp, path, &attributes)
            }
        } _: { session -> Diagnostic? in
            _ = try? session.read(path) { _ in }
            let before = looks.load(ordering: .relaxed)
            defer { #expect(looks.load(ordering: .relaxed) == before) }
            do {
                _ = try session.stat(path)
                return nil
            } catch { return error as? Diagnostic }
        }

        #expect(second?.code == "ENDPOINT-LOST")
    }

    @Test func `F16 a flush that fails removes the file, although its size is right`() async throws {
        let path = fresh()
        let code = Mutex<Int?>(-31)

        let failure = try await diagnostic {
            try await run {
                $0.flush = { _ in code.withLock { $0 } ?? 0 }
                $0.status = { _ in 4 }
            } _: {
                try $0.put(path, [1, 2, 3])
            }
        }

        #expect(failure.code == "WRITE-FAILED")
        #expect(failure.kind == .transient)
        #expect(server.home.read(String(decoding: path.name, as: UTF8.self)) == nil)
    }

    @Test func `a server without flushing is told apart from one that fails to flush`() async throws {
        let path = fresh()

        let capabilities = try await run {
            $0.flush = { _ in -31 }
            $0.status = { _ in 8 }
        } _: { session in
            try session.put(path, [1, 2, 3])
            return session.capabilities
        }

        #expect(capabilities.flushing == .unavailable)
        #expect(server.home.read(String(decoding: path.name, as: UTF8.self)) == [1, 2, 3])
    }

    @Test func `F25 a size that the server says wrong after an upload is settled by the bytes: theirs are taken, others removed`() async throws {
        let (good, short) = (fresh(), fresh())
        @Sendable func lie(_ calls: inout LibSSH2Calls) {
            calls.look = { sftp, path, attributes in
                let answer = LibSSH2Calls.library.look(sftp, path, &attributes)
                attributes.size = 2
                return answer
            }
        }

        try await run(lie) { try $0.put(good, [1, 2, 3]) }
        let failure = try await diagnostic {
            try await run {
                lie(&$0)
                $0.write = { handle, bytes in
                    _ = LibSSH2Calls.library.write(handle, UnsafeRawBufferPointer(rebasing: bytes.prefix(2)))
                    return bytes.count
                }
            } _: {
                try $0.put(short, [1, 2, 3])
            }
        }

        #expect(server.home.read(String(decoding: good.name, as: UTF8.self)) == [1, 2, 3])
        #expect(failure.code == "SIZE-DIFFERS")
        #expect(server.home.read(String(decoding: short.name, as: UTF8.self)) == nil)
    }

    @Test func `a server that takes no byte is an error, not an endless loop`() async throws {
        let path = fresh()

        let failure = try await diagnostic { try await run({ $0.write = { _, _ in 0 } }, { try $0.put(path, [1]) }) }

        #expect(failure.code == "WRITE-FAILED")
    }

    @Test func `F24 a link put in the place of the file between look and open is not read`() async throws {
        let path = fresh()
        server.home.write(String(decoding: path.name, as: UTF8.self), [1])

        let failure = try await diagnostic {
            try await run {
                $0.lookAtHandle = { _, attributes in
                    attributes = SFTPAttributes(size: 1, permissions: 0o020666, modified: 1)
                    return 0
                }
            } _: {
                try $0.read(path) { _ in }
            }
        }

        #expect(failure.code == "FILE-NOT-REGULAR")
    }

    @Test(arguments: [
        (UInt8(ascii: "-"), RemoteFile.Kind.regular), (UInt8(ascii: "d"), .directory), (UInt8(ascii: "l"), .link), (UInt8(ascii: "p"), .other),
        (UInt8(ascii: "?"), .unknown),
    ])
    func `a server that sends no permissions is read by its long line`(_ mark: UInt8, _ kind: RemoteFile.Kind) async throws {
        let entries = Mutex(["..", "odd.csv"])

        let file = try await run {
            $0.readFolder = { _, name, line, attributes in
                guard let next = entries.withLock({ $0.popLast() }) else { return 0 }
                attributes = SFTPAttributes()
                line[0] = mark
                name.copyBytes(from: next.utf8)
                return next.utf8.count
            }
        } _: { session -> RemoteFile? in
            var found: RemoteFile?
            try session.list(folder: "") { found = $0 }
            return found
        }

        #expect(file == RemoteFile(name: Array("odd.csv".utf8), size: -1, modified: UTCInstant(seconds: 0), kind: kind, gaps: [.size, .time]))
    }

    @Test(arguments: [0, 1 << 31, 1 << 32, 1 << 62, UInt64(Int64.max), .max] as [UInt64], [UInt(0), .max])
    func `F25 whatever size and time a server names, it is kept within what can be counted, and the file is read`(
        _ size: UInt64, _ time: UInt
    ) async throws {
        let path = fresh()
        server.home.write(String(decoding: path.name, as: UTF8.self), Array("content".utf8))

        let (file, content) = try await run {
            $0.look = { sftp, name, attributes in
                let answer = LibSSH2Calls.library.look(sftp, name, &attributes)
                if answer == 0 { (attributes.size, attributes.modified) = (size, time) }
                return answer
            }
        } _: { session in
            (try session.stat(path), try session.content(of: path))
        }

        #expect(file?.size == Int64(clamping: size))
        #expect(file.map { $0.modified.adding(.seconds(86_400)) > $0.modified } == true)
        #expect(content == Array("content".utf8))
    }

    @Test(arguments: [
        3: "PERMISSION-DENIED", 12: "PERMISSION-DENIED", 2: "FILE-MISSING", 4: "ENDPOINT-FAILED", 14: "ENDPOINT-FAILED", 99: "ENDPOINT-FAILED",
        7: "ENDPOINT-LOST",
    ])
    func `each status of a refused removal has its message`(_ status: UInt, _ code: String) async throws {
        let path = fresh()
        server.home.write(String(decoding: path.name, as: UTF8.self), [1])

        let failure = try await diagnostic {
            try await run {
                $0.unlink = { _, _ in -31 }
                $0.status = { _ in status }
            } _: {
                try $0.remove(path)
            }
        }

        #expect(failure.code == code)
        #expect(!failure.fix.isEmpty)
    }

    @Test func `an older or newer library is compared by its version, so RSA keys come to be used`() async throws {
        var calls = LibSSH2Calls.library
        calls.version = { "1.11.1" }
        let key = Secret(server.keys.rsa.privateText)

        let refusal = try await diagnostic {
            try await SFTPEndpoint.to(server, authentication: .key(key, passphrase: nil), calls: calls).withSession { _ in }
        }

        // The installed 1.10 is asked after all, and the server refuses its SHA-1.
        #expect(refusal.code == "AUTH-REFUSED")
    }
}
