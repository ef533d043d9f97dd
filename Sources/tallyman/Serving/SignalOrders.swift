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
                if counter.next() > 1 { _exit(128 + number) }
                giver.yield(.stop)
            }
            source.resume()
            return source
        }
    }

    enum Reload: Sendable { case onHangUp, none }

    deinit { for source in sources { source.cancel() } }
}

private final class StopCounter: Sendable {
    private let count = Mutex(0)

    func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}
