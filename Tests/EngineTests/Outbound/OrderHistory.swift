import Domain
import Synchronization
import TestKit

/// A shop's orders as a sweep sees them: numbers given at the beginning of a placement, visible at its end, times by a clock that may
/// be set. Everything happens by chance of one seed.
final class OrderHistory: DocumentSource, Sendable {
    struct Order: Sendable {
        var place: Int64
        var number: String
        var state: String
        var modified: UTCInstant
        var visibleFrom: UTCInstant
        var wasEverReady = false
    }

    struct State: Sendable {
        var orders: [Order] = []
        var random: SeededRandom
        /// The shop's clock beside true time.
        var skew: Duration = .zero
        /// Nothing happens any more.
        var isClosed = false
    }

    let clock: ManualTimeline
    let state: Mutex<State>

    init(seed: UInt64, clock: ManualTimeline) {
        self.clock = clock
        state = Mutex(State(random: SeededRandom(seed: seed)))
    }

    var orders: [Order] { state.withLock { $0.orders } }

    private func now(_ state: State) -> UTCInstant {
        UTCInstant(seconds: clock.timeline.now().adding(state.skew).milliseconds / 1000)
    }

    /// One thing that happens in the shop.
    func happen() {
        state.withLock { state in
            let now = now(state)
            let truth = clock.timeline.now()
            switch Int.random(in: 0..<12, using: &state.random) {
            case 0...4: place(&state, now, truth)
            case 5, 6: change(&state, now) { $0 == "pending_payment" ? "processing" : nil }
            case 7: change(&state, now) { $0 == "processing" ? "holded" : nil }
            case 8: change(&state, now) { $0 == "holded" ? "processing" : nil }
            case 9: change(&state, now) { $0 == "complete" ? nil : "canceled" }
            case 10:
                // An edit: the old one is cancelled, a new one takes its place in the same second.
                guard let index = state.orders.indices.randomElement(using: &state.random), state.orders[index].state == "processing" else { return }
                state.orders[index].state = "canceled"
                state.orders[index].modified = now
                place(&state, now, truth, number: state.orders[index].number + "-1", state: "processing")
            default:
                state.skew = .seconds(Int64.random(in: -1800...1800, using: &state.random))
            }
        }
    }

    private func place(_ state: inout State, _ now: UTCInstant, _ truth: UTCInstant, number: String? = nil, state first: String? = nil) {
        let place = Int64(state.orders.count + 1)
        let late: Int64 = Int.random(in: 0..<4, using: &state.random) == 0 ? Int64.random(in: 1...300, using: &state.random) : 0
        let number = number ?? "1\(place)"
        guard !state.orders.contains(where: { $0.number == number }) else { return }
        let begins = first ?? (Bool.random(using: &state.random) ? "processing" : "pending_payment")
        state.orders.append(
            Order(
                place: place, number: number, state: begins, modified: now, visibleFrom: truth.adding(.seconds(late)),
                wasEverReady: begins == "processing"))
    }

    private func change(_ state: inout State, _ now: UTCInstant, _ next: (String) -> String?) {
        guard let index = state.orders.indices.randomElement(using: &state.random), let new = next(state.orders[index].state) else { return }
        state.orders[index].state = new
        state.orders[index].modified = now
        if new == "processing" { state.orders[index].wasEverReady = true }
    }

    // MARK: DocumentSource

    func sweep(since: UTCInstant?, _ visit: ([DocumentSighting]) async throws -> Void) async throws -> UTCInstant? {
        let began = state.withLock { now($0) }
        var last: Int64 = 0
        while true {
            let page = state.withLock { state in
                let truth = clock.timeline.now()
                return state.orders.filter { $0.place > last && $0.visibleFrom <= truth && $0.modified >= since ?? UTCInstant(milliseconds: 0) }
                    .prefix(3)
            }
            guard let end = page.last else { return began }
            try await visit(page.map(Self.observation))
            last = end.place
            // The shop does not stand still while it is read.
            if state.withLock({ $0.isClosed ? 1 : Int.random(in: 0..<6, using: &$0.random) }) == 0 { happen() }
        }
    }

    func fetch(_ places: [Int64]) async throws -> [OutboundDocument] {
        orders.filter { places.contains($0.place) }.map {
            OutboundDocument(observation: Self.observation($0), content: Array($0.number.utf8))
        }
    }

    private static func observation(_ order: Order) -> DocumentSighting {
        let readiness: DocumentReadiness =
            switch order.state {
            case "processing": .ready
            case "canceled": .withdrawn("cancelled in the shop")
            default: .waiting(order.state)
            }
        return DocumentSighting(place: order.place, identity: RecordKey(order.number), modified: order.modified, readiness: readiness)
    }
}

/// A document is its number.
struct NumberMaker: DocumentMaker {
    var name: String { "orders" }

    func make(_ document: OutboundDocument) throws -> MadeDocument {
        let number = String(decoding: document.content, as: UTF8.self)
        if number.contains("bad") { throw DocumentRefusal(RejectReason("TEST-BAD", "bad", fix: "mend")) }
        return MadeDocument(record: DocumentRecord(["number": .text(number)]), summary: number, total: 1)
    }
}
