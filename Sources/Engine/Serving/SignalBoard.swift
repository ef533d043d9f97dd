package import Domain
package import StateStore
import Synchronization

/// What runs see of the other sides on their way: server errors, clocks. Kept in bounded form until it is written down.
package final class SignalBoard: Sendable {
    private struct Seen {
        /// By the minute.
        var serverErrors: [Int64: Int64] = [:]
        var shopClock: Int64?
        var endpointClocks: [String: Int64] = [:]
    }

    private let timeline: Timeline
    private let seen = Mutex(Seen())
    /// More minutes than that are not kept while nobody writes them down.
    private static let longest = 240

    package init(timeline: Timeline) { self.timeline = timeline }

    package func serverError() {
        let minute = timeline.now().milliseconds.flooringQuotient(60_000)
        seen.withLock { seen in
            if seen.serverErrors.count < Self.longest || seen.serverErrors[minute] != nil { seen.serverErrors[minute, default: 0] += 1 }
        }
    }

    /// The shop did what it was asked, and told its time.
    package func shopTime(_ time: UTCInstant) {
        let ahead = time.since(timeline.now()).wholeMilliseconds
        seen.withLock { $0.shopClock = ahead }
    }

    /// The newest time of a file at an endpoint. Only one ahead of our clock says something of the other's.
    package func fileTime(_ time: UTCInstant, endpoint: String) {
        let ahead = max(0, time.since(timeline.now()).wholeMilliseconds)
        seen.withLock { $0.endpointClocks[endpoint] = max(ahead, $0.endpointClocks[endpoint] ?? 0) }
    }

    /// Writes down what was seen since the last time.
    package func write(to ledger: Ledger) throws {
        let taken = seen.withLock { seen in
            defer { seen = Seen() }
            return seen
        }
        guard !taken.serverErrors.isEmpty || taken.shopClock != nil || !taken.endpointClocks.isEmpty else { return }
        let now = timeline.now()
        try ledger.write(.signs) { writer in
            for (minute, count) in taken.serverErrors {
                try writer.add(count, to: .serverErrors, AlarmKey.shop, at: UTCInstant(milliseconds: minute * 60_000))
            }
            if let ahead = taken.shopClock { try writer.record(reading: .shopClock, AlarmKey.shop, value: ahead, at: now) }
            for (endpoint, ahead) in taken.endpointClocks { try writer.record(reading: .endpointClock, endpoint, value: ahead, at: now) }
        }
    }
}
