import Domain
import Endpoints
import Synchronization
import TestKit
import Testing

/// What a server of files may say: over a real connection the replies are drawn by chance, every number at the edges of its range.
struct RandomSFTPReplyTests {
    /// Chance that the session's thread and the test share.
    private final class Dice: Sendable {
        private let random: Mutex<SeededRandom>
        init(_ seed: UInt64) { random = Mutex(SeededRandom(seed: seed)) }

        func below(_ limit: Int) -> Int { random.withLock { Int.random(in: 0..<limit, using: &$0) } }
        func bytes(_ count: Int) -> [UInt8] { random.withLock { $0.bytes(count) } }

        func edge() -> UInt64 {
            let edges: [UInt64] = [0, 1, 255, 1 << 31, (1 << 32) - 1, 1 << 32, (1 << 63) - 1, 1 << 63, (1 << 63) + 1, .max - 1, .max]
            return edges[below(edges.count)]
        }

        func attributes(isFolder: Bool) -> SFTPAttributes {
            let kinds: [UInt] = [0o100644, 0o040755, 0o120777, 0o010644, 0, .max]
            let permissions = isFolder ? 0o040755 : kinds[below(kinds.count)]
            return SFTPAttributes(
                size: below(5) == 0 ? nil : edge(), permissions: !isFolder && below(6) == 0 ? nil : permissions,
                modified: below(5) == 0 ? nil : UInt(edge()))
        }

        func count(_ room: Int) -> Int { [0, 1, 2, room - 1, room, room + 1, Int.max, -31, -16][below(9)] }
    }

    @Test func `whatever numbers and names a server of files replies, a list, a look and a read end with an answer or a diagnostic`() async throws {
        let server = try SSHServer.shared.get()
        let dice = Dice(7)
        var calls = LibSSH2Calls.library
        let library = LibSSH2Calls.library
        calls.look = { _, path, attributes in
            attributes = dice.attributes(isFolder: path.elementsEqual("folder".utf8))
            return dice.below(12) == 0 ? -31 : 0
        }
        calls.status = { _ in [0, 1, 2, 3, 4, 5, 6, 8, 14, 255, .max][dice.below(11)] }
        calls.open = { sftp, _, flags, mode, kind in library.open(sftp, Array(".".utf8), 0, 0, .folder) }
        calls.lookAtHandle = { _, attributes in
            attributes = dice.attributes(isFolder: false)
            return 0
        }
        calls.readFolder = { _, names, lines, attributes in
            attributes = dice.attributes(isFolder: false)
            names.copyBytes(from: dice.bytes(40))
            lines.copyBytes(from: dice.bytes(40))
            return dice.below(6) == 0 ? 0 : dice.count(names.count)
        }
        calls.read = { _, buffer in
            buffer.copyBytes(from: dice.bytes(min(64, buffer.count)))
            return dice.below(3) == 0 ? 0 : dice.count(min(64, buffer.count))
        }

        let ended = try await SFTPEndpoint.to(server, calls: calls).withSession { session in
            var ended = 0
            for _ in 0..<3000 {
                do {
                    switch dice.below(3) {
                    case 0: try session.list(folder: "folder") { _ = "\($0.modified) \($0.size)" }
                    case 1: _ = try session.stat(RemotePath(folder: "folder", name: "a.csv")).map { "\($0.modified)" }
                    default: _ = try session.content(of: RemotePath(folder: "folder", name: "a.csv"), limit: 1 << 16)
                    }
                } catch is Diagnostic {
                    // An answer of its own.
                }
                ended += 1
            }
            return ended
        }

        #expect(ended == 3000)
    }
}
