/// What is to become of one key.
package struct KeyVerdict: Sendable {
    package enum Decision: Sendable {
        case unchanged
        /// The shop needs nothing, but what we remember of the file (the operands) is renewed when the plan is applied.
        case refreshed(EncodedValue)
        case change(EncodedValue)
        case rejected(RejectReason)
    }

    package var decision: Decision
    /// Rows that do not share the decision: earlier duplicates of the same cell, by index in the group.
    package var superseded: [Int]
    /// Whether the key could be bought before and after; what the zeroing gate counts.
    package var wasAvailable: Bool
    package var isAvailable: Bool
    /// The formula with its operands; empty for an unchanged key.
    package var evidence: String
    /// Values that the key takes later, in the order of their instants. Each has its own rows; the rest share the decision.
    package var scheduled: [ScheduledValue]
    /// What previews count and gates judge.
    package var marks: [PlanMark]

    package init(
        _ decision: Decision,
        superseded: [Int] = [],
        wasAvailable: Bool = false,
        isAvailable: Bool = false,
        evidence: String = "",
        scheduled: [ScheduledValue] = [],
        marks: [PlanMark] = []
    ) {
        self.decision = decision
        self.superseded = superseded
        self.wasAvailable = wasAvailable
        self.isAvailable = isAvailable
        self.evidence = evidence
        self.scheduled = scheduled
        self.marks = marks
    }
}

/// A value with a day of its own: held in the ledger, sent when its instant has come (reliability C6).
package struct ScheduledValue: Hashable, Sendable {
    package var due: UTCInstant
    package var value: EncodedValue
    /// The rows that say so, by index in the group; none where a value ends and the one before returns.
    package var rows: [Int]
    package var evidence: String

    package init(due: UTCInstant, value: EncodedValue, rows: [Int], evidence: String) {
        self.due = due
        self.value = value
        self.rows = rows
        self.evidence = evidence
    }
}
