import Domain
import Glibc

/// Waiting without a word on a connection.
enum Silence {
    /// Linux has it under a name that the C library shows only to those who ask for extensions.
    private static let peerClosed: Int16 = 0x2000

    /// `false` where the other side has closed the socket before `length` was over, or our own side was told to end.
    static func isKept(on socket: Int32, for length: Duration, uptime: () -> Duration) -> Bool {
        let end = uptime() + length
        while true {
            let remaining = end - uptime()
            guard remaining > .zero else { return true }
            // What the server says meanwhile is not read: only its end wakes us.
            var waiting = pollfd(fd: socket, events: peerClosed, revents: 0)
            let ready = poll(&waiting, 1, Int32(clamping: min(remaining.wholeMilliseconds + 1, 60_000)))
            if ready < 0, errno != EINTR { return false }
            if ready > 0 { return false }
        }
    }
}
