import Engine
import Foundation
import Glibc
import Synchronization

/// Signals as orders. The first request to end ends in order; the second ends at once, which is safe at any instruction.
///
/// A signal handler writes into a pipe, and a thread reads from it. From the end of `init` no signal is lost: one that is ignored until
/// somebody listens would be, and a service that was told to end in its first moments would serve on.
final class SignalOrders {
    let orders: AsyncStream<Service.Order>

    /// Made before the first handler is set, because a handler may only write.
    private static let pipe: (read: Int32, write: Int32) = {
        var ends: [Int32] = [-1, -1]
        let isMade = Glibc.pipe(&ends) == 0 && ends.allSatisfy { fcntl($0, F_SETFD, FD_CLOEXEC) == 0 }
        precondition(isMade, "no pipe: \(String(cString: strerror(errno)))")
        return (ends[0], ends[1])
    }()

    private static let handled = [SIGTERM, SIGINT, SIGHUP]
    /// No signal has this number: the listener may go.
    private static let end: UInt8 = 0

    /// - Parameters:
    ///   - reload: Whether SIGHUP asks for new settings; otherwise it ends the program as SIGTERM does.
    init(reload: Reload) {
        let (orders, continuation) = AsyncStream<Service.Order>.makeStream()
        self.orders = orders
        let descriptor = Self.pipe.read
        Thread.detachNewThread {
            let counter = StopCounter()
            while let number = Self.next(descriptor), number != Self.end {
                if Int32(number) == SIGHUP, reload == .onHangUp {
                    continuation.yield(.reload)
                } else if counter.isRepeated() {
                    _exit(128 + Int32(number))
                } else {
                    continuation.yield(.stop)
                }
            }
        }
        for number in Self.handled {
            signal(number) { number in
                let code = errno
                var byte = UInt8(truncatingIfNeeded: number)
                _ = write(SignalOrders.pipe.write, &byte, 1)
                errno = code
            }
        }
    }

    enum Reload: Sendable { case onHangUp, none }

    deinit {
        for number in Self.handled { signal(number, SIG_DFL) }
        var byte = Self.end
        _ = write(Self.pipe.write, &byte, 1)
    }

    private static func next(_ descriptor: Int32) -> UInt8? {
        var byte: UInt8 = 0
        while true {
            let count = read(descriptor, &byte, 1)
            if count == 1 { return byte }
            guard count < 0, errno == EINTR else { return nil }
        }
    }
}

/// Tells a second request to end from the echo of the first: some callers signal the process and its group.
private final class StopCounter: Sendable {
    private let first = Mutex<ContinuousClock.Instant?>(nil)

    func isRepeated() -> Bool {
        let now = ContinuousClock.now
        return first.withLock { first in
            guard let earlier = first else {
                first = now
                return false
            }
            return now - earlier > .seconds(1)
        }
    }
}
