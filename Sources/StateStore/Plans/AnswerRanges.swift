import Domain

/// What became of changes, neighbours with the same outcome for the same reason taken together.
struct AnswerRanges {
    struct Range {
        var first: Int64
        var last: Int64
        var outcome: Outcome
        var proof: String
    }

    private(set) var ranges: [Range] = []
    /// How many records moved to which outcome.
    private(set) var records: [Outcome: Int] = [:]

    /// - Parameter change: in the order of their numbers they make the fewest ranges.
    mutating func add(_ change: Int64, as outcome: Outcome, records count: Int, proof: String) {
        records[outcome, default: 0] += count
        if let open = ranges.last, open.last + 1 == change, open.outcome == outcome, open.proof == proof {
            ranges[ranges.count - 1].last = change
        } else {
            ranges.append(Range(first: change, last: change, outcome: outcome, proof: proof))
        }
    }
}
