package import Domain

/// The numbers of a run's changes. Changes are sent in the order of their numbers, so each urgency has a stretch of its own, in order, and
/// the stretches of a later run are behind those of an earlier one. They stay below 2^53 for 33 million runs.
package enum ChangeNumbers {
    /// 67 million for each urgency, and twice as many for the last, which most changes have.
    private static let bits: Int64 = 26

    package static func of(run: Int64, _ urgency: ChangeUrgency) -> ClosedRange<Int64> {
        let first = run << (bits + 2) + urgency.rawValue << bits
        let count: Int64 = (urgency == .usual ? 2 : 1) << bits
        return first...first + count - 1
    }

    /// The last number of the changes that go first.
    package static func lastEnding(of run: Int64) -> Int64 { of(run: run, .ending).upperBound }
}
