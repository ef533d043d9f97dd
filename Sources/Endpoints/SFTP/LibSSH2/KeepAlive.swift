import Domain
import Foundation
import Glibc

/// Shows the server that a silent connection is alive, while the session's thread is at work elsewhere.
///
/// The library's session may be used by one thread at a time: `turn` is held by whoever calls the library.
// The lock guards all that changes, and the pointer is used under it only.
final class KeepAlive: @unchecked Sendable {
    /// Held around every call of the library; waits on the socket let go of it.
    let turn = NSRecursiveLock()
    private let calls: LibSSH2Calls
    private let session: LibSSH2Calls.Session
    private let uptime: @Sendable () -> Duration
    private var lastUse = Duration.zero
    private var isEnded = false
    private var thread: pthread_t?
    private var wake: (reading: Int32, writing: Int32) = (-1, -1)

    init(calls: LibSSH2Calls, session: LibSSH2Calls.Session, uptime: @escaping @Sendable () -> Duration) {
        (self.calls, self.session, self.uptime) = (calls, session, uptime)
    }

    /// The library was just called, by the holder of `turn`.
    func noteUse() { lastUse = uptime() }

    /// A machine without a thread or a descriptor to spare goes without.
    func start(every interval: Duration, place: String) {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else { return }
        wake = (ends[0], ends[1])
        noteUse()
        thread = try? SessionThread.start(named: "alive \(place)") { self.run(every: interval) }
    }

    /// Returns when nothing is called any more. Once, by the session's thread, which does not hold `turn`.
    func stop() {
        turn.withLock { isEnded = true }
        guard wake.writing >= 0 else { return }
        close(wake.writing)
        if let thread { pthread_join(thread, nil) }
        close(wake.reading)
        wake = (-1, -1)
    }

    private func run(every interval: Duration) {
        var pause = interval
        while true {
            var waiting = pollfd(fd: wake.reading, events: Int16(POLLIN), revents: 0)
            if poll(&waiting, 1, Int32(clamping: pause.wholeMilliseconds + 1)) > 0 { return }
            let next = turn.withLock { () -> Duration? in
                if isEnded { return nil }
                let silent = uptime() - lastUse
                guard silent >= interval else { return interval - silent }
                // What failed here fails again where somebody waits for an answer.
                _ = calls.keepAlive(session)
                noteUse()
                return interval
            }
            guard let next else { return }
            pause = next
        }
    }
}
