import Foundation
import Glibc

/// A file's bytes in a file of one's own.
///
/// Foundation's copy keeps the original's owner, too; where that is somebody else it writes the bytes and then fails.
enum FileCopy {
    /// - Parameter mode: rights of the new file, as far as the process's mask leaves them.
    ///
    /// Throws `POSIXError`. A target that is there stays as it is; what was begun is removed.
    static func make(from source: String, to target: String, mode: mode_t) throws {
        let input = open(source, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else { throw failure() }
        defer { close(input) }
        let output = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard output >= 0 else { throw failure() }
        do {
            defer { close(output) }
            var window = [UInt8](repeating: 0, count: 1 << 18)
            while true {
                let count = read(input, &window, window.count)
                if count == 0 { break }
                guard count > 0 else {
                    guard errno == EINTR else { throw failure() }
                    continue
                }
                try write(window[..<count], to: output)
            }
            guard fsync(output) == 0 else { throw failure() }
        } catch {
            unlink(target)
            throw error
        }
    }

    private static func write(_ bytes: ArraySlice<UInt8>, to output: Int32) throws {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(output, $0.baseAddress, $0.count) }
            guard count >= 0 || errno == EINTR else { throw failure() }
            rest = rest.dropFirst(max(0, count))
        }
    }

    private static func failure() -> POSIXError { POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
}
