import Foundation
package import Glibc
import Synchronization

/// The end of a child, fetched as soon as it comes, whoever asks or does not ask for it: Swift Testing watches over the children of
/// exit tests by looking at whichever child ended first, and one that is never fetched hides all others from it.
package final class ChildEnd: Sendable {
    /// Longer than any test means a program to run.
    private static let patience = 300.0

    private let id: pid_t
    private let isKilledWhenForgotten: Bool
    private let state = State()

    private final class State: Sendable {
        let condition = NSCondition()
        let status = Mutex<Int32?>(nil)

        func fetch(_ id: pid_t) {
            // First only looked at: until its status is in our hands nobody else may get its number, which others send signals to.
            var information = siginfo_t()
            while waitid(P_PID, id_t(id), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
            condition.lock()
            status.withLock { status in
                var raw: Int32 = 0
                waitpid(id, &raw, 0)
                status = raw
            }
            condition.broadcast()
            condition.unlock()
        }
    }

    package init(of id: pid_t, isKilledWhenForgotten: Bool = false) {
        self.id = id
        self.isKilledWhenForgotten = isKilledWhenForgotten
        Thread.detachNewThread { [state] in state.fetch(id) }
    }

    deinit {
        if isKilledWhenForgotten { signal(SIGKILL) }
    }

    package var hasEnded: Bool { state.status.withLock { $0 != nil } }

    /// Sends a signal, unless it has ended.
    package func signal(_ number: Int32) {
        state.status.withLock { if $0 == nil { kill(id, number) } }
    }

    /// Waits for the end and answers the raw status. One that runs far too long is made to end: its test fails and the rest goes on,
    /// where all would wait for ever.
    package func wait() -> Int32 {
        var last = Date.now + Self.patience
        state.condition.lock()
        defer { state.condition.unlock() }
        while true {
            if let status = state.status.withLock({ $0 }) { return status }
            guard state.condition.wait(until: last) else {
                signal(SIGKILL)
                // Not the distant future: waiting until then is no number of seconds that Foundation can count.
                last = Date.now + 3600
                continue
            }
        }
    }
}
