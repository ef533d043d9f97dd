/// Something about one key's change that people want counted before it happens: `up`, `down`, `below_cost`, `tenfold`.
package struct PlanMark: Hashable, Sendable {
    /// As the gate that judges it is named in the settings.
    package var name: String
    /// `WID-45 12.50 → 125.00`; a few of them stand in the preview and in the gate's finding.
    package var example: String

    package init(_ name: String, _ example: String) {
        self.name = name
        self.example = example
    }
}

/// How often a mark occurred in a plan, with its rows: all of them, unless they are very many.
package struct MarkCount: Hashable, Sendable, Codable {
    /// A finding and a preview name so many.
    package static let shownExamples = 5
    /// A held plan is shown with so many of the rows that a gate is about.
    package static let keptExamples = 1000

    package var count: Int
    package var examples: [String]

    package init(count: Int = 0, examples: [String] = []) {
        self.count = count
        self.examples = examples
    }

    package mutating func add(_ mark: PlanMark) {
        count += 1
        if examples.count < Self.keptExamples { examples.append(mark.example) }
    }
}

/// What a plan may have of one mark before it is held.
package struct MarkLimit: Hashable, Sendable {
    /// The gate's name in the settings, and the mark it judges.
    package var mark: String
    /// In per cent of the file's keys; 0: not one.
    package var share: ExactDecimal
    /// `prices that move by more than 50 %`, as the finding begins.
    package var text: String

    package init(mark: String, share: ExactDecimal, text: String) {
        self.mark = mark
        self.share = share
        self.text = text
    }
}
