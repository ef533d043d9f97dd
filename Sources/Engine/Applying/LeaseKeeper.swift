import Domain
import StateStore

/// Proves, inside each transaction, that this process still holds the flow; a paused process finds out before it can do harm.
package struct LeaseKeeper {
    package static let duration = Duration.seconds(120)

    let lease: Lease
    let timeline: Timeline
    var duration = LeaseKeeper.duration

    func prove(_ writer: LedgerWriter) throws {
        try writer.prove(lease, now: timeline.now(), for: duration)
    }
}
