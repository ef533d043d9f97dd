import Domain
import Foundation
import Glibc

/// The body of a form on its way to the disk: bounded, in a file that only this user reads, gone when its form was answered.
final class Upload {
    let path: String
    private let descriptor: Int32
    private let limit: Int
    private var count = 0

    init(in folder: String?, limit: Int, _ timeline: Timeline) throws {
        path = "\(folder ?? NSTemporaryDirectory())/upload-\(timeline.randomHex(byteCount: 8)).part"
        self.limit = limit
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Self.fault() }
    }

    func take(_ bytes: some Sequence<UInt8>) throws {
        let bytes = Array(bytes)
        count += bytes.count
        guard count <= limit else {
            throw Diagnostic(
                "FILE-TOO-LARGE", "the file is larger than \(limit >> 20) MiB",
                fix: "raise upload_limit in the console's file, or give the file to the ERP's folder")
        }
        var written = 0
        while written < bytes.count {
            let more = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress.map { $0 + written }, $0.count - written) }
            if more < 0, errno == EINTR { continue }
            guard more > 0 else { throw Self.fault() }
            written += more
        }
    }

    func finish() throws { guard fsync(descriptor) == 0 else { throw Self.fault() } }

    func remove() {
        close(descriptor)
        unlink(path)
    }

    private static func fault() -> Diagnostic {
        Diagnostic(
            "WORK-DISK", "the file cannot be written: \(String(cString: strerror(errno)))", fix: "free space on this machine; nothing was taken",
            kind: .transient)
    }
}
