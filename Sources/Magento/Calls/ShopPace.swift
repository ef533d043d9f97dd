import Domain
import Synchronization

/// How hard the shop may be worked (`magento.pace`).
package enum Pace: String, Hashable, Sendable, CaseIterable {
    /// Half of the calls that are allowed.
    case gentle
    case full
    /// Gentle while people shop, full at other times.
    case byCalendar = "by calendar"

    /// How many of `concurrency` calls may be in flight.
    package func bound(_ concurrency: Int, isTrading: Bool) -> Int {
        switch self {
        case .full: concurrency
        case .gentle: max(1, concurrency / 2)
        case .byCalendar: isTrading ? max(1, concurrency / 2) : concurrency
        }
    }
}

/// The number of calls in flight, route by route: what one route bears says nothing of another.
package final class ShopPace: Sendable {
    private let concurrency: Int
    private let batch: Int
    private let bound: @Sendable () -> Int
    private let controls = Mutex<[String: FlightControl]>([:])

    /// - Parameter batch: the most rows in one call.
    package init(concurrency: Int, batch: Int = BatchSizer.Policy().maximum, bound: @escaping @Sendable () -> Int) {
        self.concurrency = max(1, concurrency)
        self.batch = max(1, batch)
        self.bound = bound
    }

    package func makeSizer() -> BatchSizer {
        var policy = BatchSizer.Policy()
        policy.maximum = min(policy.maximum, batch)
        policy.start = min(policy.start, policy.maximum)
        return BatchSizer(policy)
    }

    /// For clients that nobody has said anything of: one call at a time.
    package static var single: ShopPace { ShopPace(concurrency: 1) { 1 } }

    /// - Parameter route: as `ShopCall.route` names it.
    package func control(_ route: String) -> FlightControl {
        controls.withLock { controls in
            if let known = controls[route] { return known }
            let made = FlightControl(.init(maximum: concurrency), bound: bound)
            controls[route] = made
            return made
        }
    }

    fileprivate func known(_ route: String) -> FlightControl? { controls.withLock { $0[route] } }
}

/// Tells the pace of every refusal that comes of too much work, also of those that are tried again at once.
struct PacedTransport: ShopTransport {
    let next: any ShopTransport
    let pace: ShopPace

    func send(_ call: ShopCall) async -> Answer {
        let answer = await next.send(call)
        if call.effect != .read, let refusal = answer.refusal, refusal.comesOfLoad { pace.known(call.route)?.noteBusy() }
        return answer
    }
}

extension Refusal {
    fileprivate var comesOfLoad: Bool {
        switch reason {
        case .throttled, .internalError, .noAnswer: true
        case .page(let status): status >= 500
        case .workLost, .unreachable, .certificate, .maintenance, .redirected, .malformed, .tooLarge, .forbidden, .credential, .signature, .clock,
            .permission, .nonceReused, .invalid, .couldNotSave, .itemLimit, .pageLimit, .bodyTooLarge, .notFound, .noRoute:
            false
        }
    }
}
