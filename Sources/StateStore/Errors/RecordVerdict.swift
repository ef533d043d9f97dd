package import Domain

/// The outcome of one record that has a line of its own in the books.
package struct RecordVerdict: Hashable, Sendable {
    package var outcome: Outcome
    package var origin: RecordOrigin
    package var key: RecordKey?
    package var reason: RejectReason?
    /// The record's bytes as delivered; kept for rejected records.
    package var original: [UInt8]?

    package init(outcome: Outcome, origin: RecordOrigin, key: RecordKey?, reason: RejectReason?, original: [UInt8]?) {
        self.outcome = outcome
        self.origin = origin
        self.key = key
        self.reason = reason
        self.original = original
    }
}

/// A rejected record that people can see, mend and retry.
package struct QueuedError: Hashable, Sendable {
    package enum State: String, Sendable, CaseIterable { case open, retried, dismissed }

    package var id: Int64
    package var run: Int64
    package var flow: String
    package var entity: String
    package var verdict: RecordVerdict
    package var state: State
    /// The operator's corrected bytes, if any.
    package var edited: [UInt8]?
    package var settledBy: Int64?
}
