import Domain
import Glibc

/// The descriptors this process may still open.
///
/// Proven at the start (reliability F88): a process that runs out of them in the middle of a file ends wherever it stands, and a
/// file under which the program ended three times is set aside as poison. No file shall be blamed for a limit of the machine.
enum OpenFiles {
    /// What a run needs: ledger, spool, endpoint, shop, event loops and the C library's own.
    static let needed = 48

    /// Takes the limit as far up as the system allows, and throws `LIMIT-FILES` where that is not enough.
    static func prove() throws {
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < limit.rlim_max {
            limit.rlim_cur = limit.rlim_max
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }
        var copies: [Int32] = []
        defer { for copy in copies { close(copy) } }
        while copies.count < needed {
            let copy = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)
            // A process whose standard error is closed is no matter of limits.
            guard copy >= 0 || errno != EBADF else { return }
            guard copy >= 0 else {
                throw Diagnostic(
                    "LIMIT-FILES", "this process may open \(copies.count) files more, and a run needs \(needed)",
                    fix: "raise the limit (`ulimit -n`, LimitNOFILE of the unit) or end what holds files open; nothing was begun",
                    kind: .transient
                )
            }
            copies.append(copy)
        }
    }
}
