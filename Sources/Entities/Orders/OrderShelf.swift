import Domain
import Magento
import Synchronization

/// Orders that a sweep has just read whole, so that they need not be read again to leave: on a live shop an order takes as long to tell of in part as
/// it takes whole.
final class OrderShelf: Sendable {
    /// An order that is older is fetched anew: what was cancelled meanwhile must not leave.
    static let freshness = Duration.seconds(10)
    /// A sweep that finds more asks for sightings, and orders are fetched as they leave.
    static let room = 2000

    private struct Entry {
        var bytes: [UInt8]
        var read: UTCInstant
    }

    private struct State {
        var entries: [Int64: Entry] = [:]
        var isWhole = false
    }

    /// What an order is asked for by.
    let documentFields: String
    private let timeline: Timeline
    private let state = Mutex(State())

    init(currency: OrderReader.Currency, timeline: Timeline) {
        documentFields = OrderSearch.documentFields(inBase: currency == .base)
        self.timeline = timeline
    }

    /// What a sweep of so many orders asks for.
    func fields(total: Int?) -> String { !isWhole && total ?? 0 <= Self.room ? documentFields : OrderSearch.sightingFields }

    /// The shop fails where only some members are asked for.
    var isWhole: Bool { state.withLock { $0.isWhole } }

    /// Answers whether `error` may come of asking for some members; from now on orders are asked for whole then.
    func learn(from error: any Error) -> Bool {
        guard !isWhole, let code = (error as? Diagnostic)?.code, ["SHOP-INTERNAL", "SHOP-MALFORMED"].contains(code) else { return false }
        state.withLock { $0.isWhole = true }
        return true
    }

    func clear() { state.withLock { $0.entries = [:] } }

    func put(_ orders: [(place: Int64, order: JSON)]) {
        let now = timeline.now()
        state.withLock { state in
            for (place, order) in orders where state.entries.count < Self.room {
                state.entries[place] = Entry(bytes: order.bytes, read: now)
            }
        }
    }

    /// Takes those that are fresh; each is given out once.
    func take(_ places: [Int64]) -> [Int64: JSON] {
        let now = timeline.now()
        let entries = state.withLock { state in places.map { ($0, state.entries.removeValue(forKey: $0)) } }
        return entries.reduce(into: [:]) { found, entry in
            guard let order = entry.1, now.since(order.read) <= Self.freshness, order.read <= now else { return }
            found[entry.0] = try? JSONReader.read(order.bytes)
        }
    }
}
