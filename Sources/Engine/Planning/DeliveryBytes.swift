package import Domain
import Glibc

/// The spooled file of a delivery, for showing and queueing single records byte for byte.
package struct DeliveryBytes: ~Copyable {
    private let descriptor: Int32
    private let path: String

    package init(path: String) throws {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            throw Diagnostic(
                "SPOOL-GONE", "the file is no longer in the spool", at: Diagnostic.Location(file: path),
                hint: "it was removed by hand or by the retention rule; let the ERP write it again"
            )
        }
    }

    deinit { close(descriptor) }

    package func bytes(of origin: RecordOrigin) throws -> [UInt8] { try bytes(at: origin.offset, count: origin.length) }

    package func bytes(at offset: Int, count: Int) throws -> [UInt8] {
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
