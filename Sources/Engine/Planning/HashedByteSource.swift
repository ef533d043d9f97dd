import Domain
import Endpoints
import Formats

/// A file of the spool as it is read, with the hash of exactly the bytes that were handed out. A proof before the reading would say nothing
/// of what a disk changes after it.
final class HashedByteSource: ByteSource {
    private var file: FileByteSource
    private var hash = RunningHash()
    private let path: String

    init(path: String) throws {
        self.path = path
        file = try FileByteSource(path: path)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try file.read(into: buffer)
        hash.add(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        return count
    }

    /// Reads what is left. Throws `SPOOL-DAMAGED` unless all bytes together are those of `expected`.
    func prove(_ expected: ContentHash) throws {
        try withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 64) { room in
            while try read(into: room) > 0 {}
        }
        guard hash.value != expected else { return }
        throw Spool.damaged(expected, "the bytes that were read have another hash", at: path)
    }
}
