package import Domain

/// The sealed set of differences of one entity in one run.
package struct Plan: Sendable {
    package enum State: String, Sendable {
        case drafting, sealed, held, approved, settled, discarded
    }

    package var run: Int64
    package var entity: String
    package var mode: FileMode
    /// Event time of the file.
    package var version: UTCInstant
    package var state: State
    package var summary: PlanSummary
    package var findings: [GateFinding]
    package var decidedBy: String?
}

/// A change on its way into a plan.
package struct ChangeDraft: Sendable {
    package var key: RecordKey
    package var keyHash: Int64
    package var before: EncodedValue?
    package var after: EncodedValue
    package var evidence: String
    package var origins: [RecordOrigin]
    package var reach: ChangeReach
    /// The instant at which it is to be sent, where that is not as soon as possible.
    package var due: UTCInstant?
    package var urgency: ChangeUrgency

    package init(
        key: RecordKey, keyHash: Int64, before: EncodedValue?, after: EncodedValue, evidence: String,
        origins: [RecordOrigin], reach: ChangeReach, due: UTCInstant? = nil, urgency: ChangeUrgency = .usual
    ) {
        self.key = key
        self.keyHash = keyHash
        self.before = before
        self.after = after
        self.evidence = evidence
        self.origins = origins
        self.reach = reach
        self.due = due
        self.urgency = urgency
    }
}
