package import Domain
import Formats
import Glibc

/// The spooled file of a delivery, for showing and queueing single records byte for byte.
///
/// Places in a packed file count its content, so it is unpacked for the first record that is asked for.
package struct DeliveryBytes: ~Copyable {
    private final class File {
        let path: String
        let descriptor: Int32
        private var content: Int32?

        init(path: String) throws {
            self.path = path
            guard let number = try OwnFile.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) else {
                throw Diagnostic(
                    "SPOOL-GONE", "the file is no longer in the spool", at: Diagnostic.Location(file: path),
                    fix: "it was removed by hand or by the retention rule; let the ERP write it again"
                )
            }
            descriptor = number
        }

        deinit {
            close(descriptor)
            if let content, content != descriptor { close(content) }
        }

        func contentDescriptor() throws -> Int32 {
            if let content { return content }
            let content = try GzipContent.isPacked(path) ? unpack() : descriptor
            self.content = content
            return content
        }

        /// Into a file without a name, which is gone with this process.
        private func unpack() throws -> Int32 {
            var template = Array("\(path).unpacked-XXXXXX\0".utf8CString)
            let unpacked = mkstemp(&template)
            guard unpacked >= 0 else { throw disk() }
            unlink(template)
            do {
                var content = try GzipContent(path: path)
                while let bytes = try content.next() {
                    guard write(unpacked, bytes, bytes.count) == bytes.count else { throw disk() }
                }
            } catch {
                close(unpacked)
                throw error
            }
            return unpacked
        }

        private func disk() -> Diagnostic {
            Diagnostic(
                "WORK-DISK", "a packed file cannot be unpacked for reading: \(String(cString: strerror(errno)))",
                at: .init(file: path), fix: "free space there; nothing was sent", kind: .transient
            )
        }
    }

    private let file: File

    /// Throws `SPOOL-GONE` and `OPEN-FAILED`.
    package init(path: String) throws { file = try File(path: path) }

    /// Throws `WORK-DISK` and what unpacking throws.
    package func bytes(of origin: RecordOrigin) throws -> [UInt8] { try bytes(at: origin.offset, count: origin.length) }

    package func bytes(at offset: Int, count: Int) throws -> [UInt8] {
        let descriptor = try file.contentDescriptor()
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let read = bytes.withUnsafeMutableBytes { buffer in
                pread(descriptor, buffer.baseAddress! + done, count - done, off_t(offset + done))
            }
            if read < 0, errno == EINTR { continue }
            guard read > 0 else { return Array(bytes.prefix(done)) }
            done += read
        }
        return bytes
    }
}
