/// How much a person has to care, worst last. The word opens the subject, so that a mailbox sorts by it.
package enum Severity: String, Sendable, CaseIterable, Comparable {
    /// Nothing to do.
    case ok
    /// Part of it; business goes on.
    case warn
    /// Somebody must decide or mend.
    case action
    /// Nothing of it was applied.
    case failed

    package var word: String { rawValue.uppercased() }

    package static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
