import Domain
import Glibc

/// A lock of this machine, for all processes and threads: one holder at a time. The kernel lets go of it when its holder ends,
/// in whatever way.
final class MachineLock: Sendable {
    private let number: Int32

    private init(_ number: Int32) { self.number = number }

    /// Ends with the process at the latest.
    func release() {
        // A program that is just being started may have a copy of the descriptor for a moment.
        _ = flock(number, LOCK_UN)
        _ = close(number)
    }

    /// Once: whoever takes it releases it.
    /// - Throws: `STATE-FOLDER` where the file cannot be made.
    /// - Returns: `nil` where somebody else holds it.
    static func take(_ path: String) throws -> MachineLock? {
        let number = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard number >= 0 else {
            throw Diagnostic(
                "STATE-FOLDER", "the lock file cannot be made: \(SystemError(errno).text)", at: .init(file: path),
                fix: "make the state folder writable for the user that runs tallyman, with space on its disk")
        }
        while flock(number, LOCK_EX | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            let reason = errno
            close(number)
            if reason == EWOULDBLOCK { return nil }
            throw Diagnostic(
                "STATE-FOLDER", "the lock file cannot be locked: \(SystemError(reason).text)", at: .init(file: path),
                fix: "put the state folder on a disk of this machine")
        }
        return MachineLock(number)
    }
}
