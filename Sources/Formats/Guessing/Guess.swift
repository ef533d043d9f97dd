/// How far a proposal may be trusted.
package enum Certainty: String, Sendable, CaseIterable, Comparable {
    /// The file leaves nothing else.
    case sure
    /// The usual reading; another one is possible.
    case likely
    /// Two readings fit. A person must say which.
    case unsure

    package static func < (left: Certainty, right: Certainty) -> Bool {
        (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
}

/// A proposal with what speaks for it.
package struct Guess<Value: Sendable>: Sendable {
    package var value: Value
    package var certainty: Certainty
    package var evidence: String

    package init(_ value: Value, _ certainty: Certainty, _ evidence: String) {
        self.value = value
        self.certainty = certainty
        self.evidence = evidence
    }
}
