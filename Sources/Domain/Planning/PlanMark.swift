/// Something about one key's change that people want counted before it happens: `up`, `down`, `below_cost`, `tenfold`.
package struct PlanMark: Hashable, Sendable {
    /// As the gate that judges it is named in the settings.
    package var name: String
    /// `WID-45 12.50 → 125.00`; a few of them stand in the preview and in the gate's finding.
    package var example: String
    /// How bad it is beside others of its name: the worst are shown first. 0 where they are all alike.
    package var weight: Int

    package init(_ name: String, _ example: String, weight: Int = 0) {
        self.name = name
        self.example = example
        self.weight = weight
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
    /// Of each example while they are collected; not kept.
    private var weights: [Int] = []
    /// The place of the lightest example, once as many are kept as may be.
    private var lightest: Int?

    private enum CodingKeys: String, CodingKey { case count, examples }

    package init(count: Int = 0, examples: [String] = []) {
        self.count = count
        self.examples = examples
    }

    package mutating func add(_ mark: PlanMark) {
        count += 1
        guard examples.count >= Self.keptExamples else {
            examples.append(mark.example)
            weights.append(mark.weight)
            return
        }
        guard weights.count == examples.count else { return }
        // Of very many the worst are kept.
        let place = lightest ?? weights.indices.min { weights[$0] < weights[$1] } ?? 0
        lightest = place
        guard weights[place] < mark.weight else { return }
        examples[place] = mark.example
        weights[place] = mark.weight
        lightest = nil
    }

    /// Puts the worst first, when all are collected; those that are alike stay as they came.
    package mutating func sort() {
        guard weights.count == examples.count else { return }
        let order = examples.indices.sorted { (-weights[$0], $0) < (-weights[$1], $1) }
        examples = order.map { examples[$0] }
        weights = []
        lightest = nil
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
