/// What a plan would do, in numbers: what gates judge and people preview.
package struct PlanSummary: Hashable, Sendable {
    package var records = 0
    package var keys = 0
    package var creates = 0
    package var updates = 0
    /// Those of `updates` whose value had moved in the shop by itself since we wrote it there.
    package var drifted = 0
    package var unchanged = 0
    package var rejected = 0
    package var superseded = 0
    /// Keys the mirror has and the file left out.
    package var missing = 0
    package var missingZeroed = 0
    /// Keys that could be bought before this file, and those of them that no longer could after it.
    package var availableBefore = 0
    package var toUnavailable = 0
    package var availableAfter = 0
    /// Keys that the shop does not have.
    package var unknownKeys = 0
    /// Values with a later day that wait in the ledger.
    package var scheduled = 0
    /// What the entity marked, by the mark's name.
    package var marks: [String: MarkCount] = [:]
    /// The parts of the data that the file brought figures of, such as its warehouses.
    package var feeds: [String] = []
    /// The earliest day of which the file told something that counts from then on: from that day it says something else, although its bytes
    /// are the same.
    package var nextDay: UTCInstant?

    package init(marks: [String: MarkCount] = [:]) { self.marks = marks }

    /// Rows are of use where a gate holds the plan for them; otherwise a few examples are.
    package mutating func keepRows(of findings: [GateFinding]) {
        for mark in marks.keys { marks[mark]?.sort() }
        for (mark, counted) in marks where !findings.contains(where: { $0.gate == mark }) {
            marks[mark]?.examples = Array(counted.examples.prefix(MarkCount.shownExamples))
        }
    }
}

/// A plausibility limit that a plan exceeded.
package struct GateFinding: Hashable, Sendable {
    /// `row_drop`, as in the settings.
    package var gate: String
    /// `the file has 12 rows, the last good one had 4,812: 99.8 % fewer (limit 20 %)`
    package var text: String

    package init(gate: String, text: String) {
        self.gate = gate
        self.text = text
    }
}
