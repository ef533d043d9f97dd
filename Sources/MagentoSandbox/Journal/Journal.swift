import Crypto
import Synchronization

/// What happened at the shop, in order. Append-only.
package final class Journal: Sendable {
    private struct State {
        var entries: [JournalEntry] = []
        var exchanges = 0
    }

    private let state = Mutex(State())

    package var entries: [JournalEntry] { state.withLock(\.entries) }

    /// Opens an exchange and notes its arrival.
    func open(_ request: ShopRequest) -> OpenExchange {
        let hash = request.body.isEmpty ? "" : SHA256.hash(data: request.body).map(Self.twoDigits).joined()
        let number = state.withLock { state in
            state.exchanges += 1
            return state.exchanges
        }
        let exchange = OpenExchange(
            journal: self, number: number, method: request.method, path: String(request.path), bodyHash: hash)
        exchange.note(.arrived)
        return exchange
    }

    private static func twoDigits(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return digits.utf8.count < 2 ? "0" + digits : digits
    }

    struct OpenExchange: Sendable {
        fileprivate let journal: Journal
        let number: Int
        let method: String
        let path: String
        let bodyHash: String

        func note(_ event: JournalEntry.Event, caller: String? = nil, refused: String? = nil) {
            journal.state.withLock { state in
                state.entries.append(
                    JournalEntry(
                        sequence: state.entries.count + 1, exchange: number, event: event, method: method, path: path,
                        bodyHash: bodyHash, caller: caller, refusedResource: refused)
                )
            }
        }
    }
}
