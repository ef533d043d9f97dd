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
    package var bucket: Int
    package var before: EncodedValue?
    package var after: EncodedValue
    package var evidence: String
    package var origins: [RecordOrigin]

    package init(
        key: RecordKey, bucket: Int, before: EncodedValue?, after: EncodedValue, evidence: String, origins: [RecordOrigin]
    ) {
        self.key = key
        self.bucket = bucket
        self.before = before
        self.after = after
        self.evidence = evidence
        self.origins = origins
    }
}
