import Glibc

/// A file of this installation: settings, profiles, secrets, the spool.
///
/// "It is not there" is only said where the system said so. A process without a free descriptor, or a machine without memory, sees
/// no file at all for a while (reliability F88), and nothing may be given up because of that.
package enum OwnFile {
    /// A descriptor that its owner closes, or nil where there is no such file or this user may not open it.
    /// Throws `OPEN-FAILED`, which passes.
    package static func open(_ path: String, _ flags: Int32 = O_RDONLY | O_CLOEXEC) throws -> Int32? {
        while true {
            let number = Glibc.open(path, flags)
            if number >= 0 { return number }
            switch errno {
            case EINTR: continue
            case ENOENT, ENOTDIR, EACCES, EPERM, ELOOP, ENAMETOOLONG, EISDIR: return nil
            case let trouble: throw failure(path, trouble)
            }
        }
    }

    /// All of a small file, or nil as for `open`. Throws `OPEN-FAILED`.
    package static func content(_ path: String) throws -> [UInt8]? {
        guard let number = try open(path) else { return nil }
        defer { close(number) }
        var content: [UInt8] = []
        var window = [UInt8](repeating: 0, count: 1 << 14)
        while true {
            let count = read(number, &window, window.count)
            if count > 0 {
                content += window[..<count]
            } else if count == 0 {
                return content
            } else if errno == EISDIR {
                return nil
            } else if errno != EINTR {
                throw failure(path, errno)
            }
        }
    }

    /// Trouble of this machine with a path of ours, which says nothing of the file.
    package static func failure(_ path: String, _ number: Int32) -> Diagnostic {
        Diagnostic(
            "OPEN-FAILED", "this machine could not open the file: \(String(cString: strerror(number)))", at: .init(file: path),
            fix: "it is tried again with the next run; if it stays, look at the limits of open files and at the memory", kind: .transient
        )
    }
}
