import Dispatch
import Engine
import Foundation
import Synchronization

/// Signals as orders. The first request to end ends in order; the second ends at once, which is safe at any instruction.
final class SignalOrders {
    let orders: AsyncStream<Service.Order>
    private let sources: [any DispatchSourceSignal]

    /// - Parameters:
    ///   - reload: Whether SIGHUP asks for new settings; otherwise it ends the program as SIGTERM does.
    init(reload: Reload) {
        let (orders, giver) = AsyncStream<Service.Order>.makeStream()
        self.orders = orders
        let counter = StopCounter()
        sources = [SIGTERM, SIGINT, SIGHUP].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { @Sendable in
                guard number != SIGHUP || reload == .none else {
                    giver.yield(.reload)
                    return
                }
                if counter.isRepeated() { _exit(128 + number) }
                giver.yield(.stop)
            }
            source.resume()
            return source
        }
    }

    enum Reload: Sendable { case onHangUp, none }

    deinit { for source in sources { source.cancel() } }
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
