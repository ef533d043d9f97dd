import Crypto
import Domain
import Glibc
import TestKit
import Testing

@testable import Endpoints

struct HashingWriterTests {
    private let folder = TemporaryFolder()

    /// Gives `content` to a writer, cut into pieces of any length.
    private func write(_ content: [UInt8], to number: Int32, seed: UInt64 = 1) throws -> ContentHash {
        let writer = HashingWriter(number)
        var random = SeededRandom(seed: seed)
        var rest = content[...]
        while !rest.isEmpty {
            let piece = rest.prefix(Int.random(in: 1...100_000, using: &random))
            do { try piece.withUnsafeBytes { try writer.take($0) } } catch {
                writer.abandon()
                throw error
            }
            rest = rest.dropFirst(piece.count)
        }
        return try writer.finish()
    }

    @Test(arguments: [0, 1, 262_143, 262_144, 262_145, 524_288, 5_000_003])
    func `what was given is written in order, and hashed`(_ size: Int) throws {
        let content = SeededRandom.content(size)
        let path = folder.path + "/file"
        let number = open(path, O_WRONLY | O_CREAT, 0o600)
        defer { close(number) }

        let hash = try write(content, to: number, seed: UInt64(size))

        #expect(hash == ContentHash(digest: SHA256.hash(data: content)))
        #expect(TemporaryFolder.content(of: path) == content)
    }

    @Test(arguments: [1, 262_144, 5_000_000])
    func `F25 a disk that takes nothing is told`(_ size: Int) throws {
        let full = open("/dev/full", O_WRONLY)
        defer { close(full) }

        let failure = try #require(throws: SystemError.self) { _ = try write(SeededRandom.content(size), to: full) }

        #expect(failure.number == ENOSPC)
    }

    @Test func `F25 a disk that becomes full is told by the very stretch that did not fit`() throws {
        let number = open(folder.path + "/file", O_WRONLY | O_CREAT, 0o600)
        defer { close(number) }
        let writer = HashingWriter(number)
        defer { writer.abandon() }
        let stretch = SeededRandom.content(262_144)
        for _ in 0..<3 { try stretch.withUnsafeBytes { try writer.take($0) } }

        fill(number)

        #expect(throws: SystemError(ENOSPC)) { try stretch.withUnsafeBytes { try writer.take($0) } }
    }

    @Test func `F25 a disk that becomes full at the last bytes is told at the end`() throws {
        let number = open(folder.path + "/file", O_WRONLY | O_CREAT, 0o600)
        defer { close(number) }
        let writer = HashingWriter(number)
        for _ in 0..<3 { try SeededRandom.content(262_145).withUnsafeBytes { try writer.take($0) } }
        try SeededRandom.content(3).withUnsafeBytes { try writer.take($0) }

        fill(number)

        #expect(throws: SystemError(ENOSPC)) { _ = try writer.finish() }
    }

    /// From here on the open file takes nothing any more.
    private func fill(_ number: Int32) {
        let full = open("/dev/full", O_WRONLY)
        dup2(full, number)
        close(full)
    }

    @Test func `a reception that is given up writes nothing afterwards`() throws {
        let path = folder.path + "/file"
        let number = open(path, O_WRONLY | O_CREAT, 0o600)
        defer { close(number) }
        let writer = HashingWriter(number)
        let content = SeededRandom.content(3_000_000)
        try content.withUnsafeBytes { try writer.take($0) }
        try content.withUnsafeBytes { try writer.take($0) }

        writer.abandon()
        let size = TemporaryFolder.content(of: path)?.count

        #expect(size == 6_000_000)
        #expect(lseek(number, 0, SEEK_CUR) == 6_000_000)
    }
}
