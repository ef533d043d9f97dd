import Domain
import Glibc

/// A local file, read front to back with plain `read(2)`.
///
/// The descriptor closes with the last copy of the source.
package struct FileByteSource: ByteSource {
    private final class Descriptor {
        let number: Int32

        init(_ number: Int32) { self.number = number }

        deinit { close(number) }
    }

    private let descriptor: Descriptor
    private let path: String

    /// Throws `FILE-OPEN` and `OPEN-FAILED`.
    package init(path: String) throws {
        guard let number = try OwnFile.open(path) else { throw Self.failure("FILE-OPEN", "cannot be opened", path) }
        descriptor = Descriptor(number)
        self.path = path
    }

    /// Throws `FILE-READ`.
    package mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            let count = Glibc.read(descriptor.number, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            guard errno == EINTR else { throw Self.failure("FILE-READ", "cannot be read", path) }
        }
    }

    private static func failure(_ code: String, _ verb: String, _ path: String) -> Diagnostic {
        Diagnostic(
            code,
            "the file \(verb): \(String(cString: strerror(errno)))",
            at: .init(file: Escaped(path).description),
            fix: "check that the path exists and that this user may read it"
        )
    }
}
