/// The plausibility limits of a flow: a plan that exceeds one is held for a person's decision (reliability B5).
///
/// A pure function of numbers, so that what a gate would say can be shown before anything happens.
package struct Gates: Hashable, Sendable {
    /// In per cent; `nil` switches a gate off.
    package var rowDrop: ExactDecimal?
    package var toZero: ExactDecimal?
    package var unknown: ExactDecimal?
    package var rejected: ExactDecimal?
    /// The number from which a share counts. Of five rows two are no catastrophe; all of them are, however few.
    package var least: Int
    package var maximumAge: Duration?
    /// How far ahead of now a file may be dated: clocks differ, and a day's file may carry tomorrow's date.
    package var future: Duration
    package var sequence: NumberSwitch
    package var header: Switch
    package var empty: Switch
    /// Products that a full file leaves out.
    package var missing: Switch
    /// The entity's own limits.
    package var marks: [MarkLimit]
    /// What the keys are, in the findings' words.
    package var noun = "products"

    /// What a gap in the sender's numbers does: hold the plan, apply it and raise an alarm, or nothing.
    package enum NumberSwitch: String, Sendable, CaseIterable { case hold, alarm, allow }

    package enum Switch: String, Sendable, CaseIterable { case hold, allow }

    package init(
        rowDrop: ExactDecimal? = 20,
        toZero: ExactDecimal? = 10,
        unknown: ExactDecimal? = 50,
        rejected: ExactDecimal? = 20,
        least: Int = 3,
        maximumAge: Duration? = nil,
        future: Duration = UTCInstant.believableLead,
        sequence: NumberSwitch = .hold,
        header: Switch = .hold,
        empty: Switch = .hold,
        missing: Switch = .allow,
        marks: [MarkLimit] = []
    ) {
        self.rowDrop = rowDrop
        self.toZero = toZero
        self.unknown = unknown
        self.rejected = rejected
        self.least = least
        self.maximumAge = maximumAge
        self.future = future
        self.sequence = sequence
        self.header = header
        self.empty = empty
        self.missing = missing
        self.marks = marks
    }

    /// For records that an operator retries by hand: the decision was taken.
    package static let open = Gates(
        rowDrop: nil, toZero: nil, unknown: nil, rejected: nil, sequence: .allow, header: .allow, empty: .allow
    )

    /// What a plan is measured against.
    package struct Context: Sendable {
        package var mode: FileMode
        package var age: Duration
        package var header: [String]
        package var sequence: Int64?
        package var numbers = FileNumbers()
        /// The last file applied by this flow; `nil` for the first.
        package var previous: Previous?
        /// A trailer's count or a control file vouched for the file. A full file zeroes what it leaves out only then.
        package var completeness: Completeness

        package enum Completeness: Sendable { case proven, unproven }

        package struct Previous: Sendable {
            package var records: Int
            package var header: [String]
            package var sequence: Int64?

            package init(records: Int, header: [String], sequence: Int64?) {
                self.records = records
                self.header = header
                self.sequence = sequence
            }
        }

        package init(
            mode: FileMode,
            age: Duration,
            header: [String],
            sequence: Int64?,
            previous: Previous?,
            completeness: Completeness
        ) {
            self.mode = mode
            self.age = age
            self.header = header
            self.sequence = sequence
            self.previous = previous
            self.completeness = completeness
        }
    }

    package func findings(_ summary: PlanSummary, _ context: Context) -> [GateFinding] {
        [
            emptyFinding(summary, context), rowDropFinding(summary, context), toZeroFinding(summary),
            unknownFinding(summary), rejectedFinding(summary), ageFinding(context), futureFinding(context), sequenceFinding(context),
            headerFinding(context), missingFinding(summary, context), completenessFinding(summary, context),
        ].compactMap { $0 } + marks.compactMap { markFinding($0, summary) }
    }

    private func markFinding(_ limit: MarkLimit, _ summary: PlanSummary) -> GateFinding? {
        guard let marked = summary.marks[limit.mark], let share = Share(marked.count, of: max(summary.keys, marked.count)) else {
            return nil
        }
        guard limit.share.isZero || share.exceeds(limit.share, from: least) else { return nil }
        let allowed = limit.share.isZero ? "none is allowed unseen" : "\(share), limit \(limit.share) %"
        let examples = marked.examples.prefix(MarkCount.shownExamples).joined(separator: "; ")
        return GateFinding(
            gate: limit.mark, text: "\(limit.text): \(marked.count) of \(summary.keys) (\(allowed)), such as \(examples)"
        )
    }

    private func emptyFinding(_ summary: PlanSummary, _ context: Context) -> GateFinding? {
        guard empty == .hold, context.mode == .full, summary.records == 0 else { return nil }
        return GateFinding(gate: "empty", text: "a full file without a single record")
    }

    private func rowDropFinding(_ summary: PlanSummary, _ context: Context) -> GateFinding? {
        guard let rowDrop, context.mode == .full, let previous = context.previous else { return nil }
        guard let drop = Share(previous.records - summary.records, of: previous.records), drop.exceeds(rowDrop, from: least) else {
            return nil
        }
        return GateFinding(
            gate: "row_drop",
            text: "the file has \(summary.records) records, the last good one had \(previous.records): \(drop) fewer (limit \(rowDrop) %)"
        )
    }

    private func toZeroFinding(_ summary: PlanSummary) -> GateFinding? {
        guard let toZero, let share = Share(summary.toUnavailable, of: summary.availableBefore), share.exceeds(toZero, from: least) else {
            return nil
        }
        return GateFinding(
            gate: "to_zero",
            text:
                "\(summary.toUnavailable) of \(summary.availableBefore) products that can be bought would no longer be: \(share) (limit \(toZero) %)"
        )
    }

    private func unknownFinding(_ summary: PlanSummary) -> GateFinding? {
        guard let unknown, let share = Share(summary.unknownKeys, of: summary.keys), share.exceeds(unknown, from: least) else { return nil }
        return GateFinding(
            gate: "unknown",
            text: "\(summary.unknownKeys) of \(summary.keys) \(noun) are not in the shop: \(share) (limit \(unknown) %)"
        )
    }

    private func rejectedFinding(_ summary: PlanSummary) -> GateFinding? {
        let readable = summary.rejected - summary.unknownKeys
        guard let rejected, let share = Share(readable, of: summary.records), share.exceeds(rejected, from: least) else { return nil }
        return GateFinding(
            gate: "rejected",
            text: "\(readable) of \(summary.records) records cannot be taken: \(share) (limit \(rejected) %)"
        )
    }

    private func ageFinding(_ context: Context) -> GateFinding? {
        guard let maximumAge, context.age > maximumAge else { return nil }
        return GateFinding(
            gate: "max_age",
            text: "the figures are \(context.age.wholeSeconds / 60) minutes old (limit \(maximumAge.wholeSeconds / 60) minutes)"
        )
    }

    private func futureFinding(_ context: Context) -> GateFinding? {
        let lead = .zero - context.age
        guard lead > future else { return nil }
        return GateFinding(
            gate: Self.futureGate,
            text: "FILE-FUTURE: the file is dated \(lead.largestUnit) ahead of this machine's clock (limit \(future.largestUnit))"
        )
    }

    /// The gate of a file that is dated later than can be.
    package static let futureGate = "future"

    private func sequenceFinding(_ context: Context) -> GateFinding? {
        guard sequence == .hold, let number = context.sequence else { return nil }
        return context.numbers.objection(to: number, after: context.previous?.sequence).map { GateFinding(gate: "sequence", text: $0.text) }
    }

    private func headerFinding(_ context: Context) -> GateFinding? {
        guard header == .hold, let previous = context.previous?.header, previous != context.header, !previous.isEmpty else {
            return nil
        }
        let gone = previous.filter { !context.header.contains($0) }
        let new = context.header.filter { !previous.contains($0) }
        var parts: [String] = []
        if !gone.isEmpty { parts.append("gone: " + gone.map { "\"\(Escaped($0))\"" }.joined(separator: ", ")) }
        if !new.isEmpty { parts.append("new: " + new.map { "\"\(Escaped($0))\"" }.joined(separator: ", ")) }
        if parts.isEmpty { parts.append("the columns stand in another order") }
        return GateFinding(gate: "header", text: "the file's columns have changed; " + parts.joined(separator: "; "))
    }

    private func missingFinding(_ summary: PlanSummary, _ context: Context) -> GateFinding? {
        guard missing == .hold, context.mode == .full, summary.missingZeroed > 0 else { return nil }
        return GateFinding(gate: "missing", text: "\(summary.missingZeroed) products are no longer in the file and would go to zero")
    }

    private func completenessFinding(_ summary: PlanSummary, _ context: Context) -> GateFinding? {
        guard context.completeness == .unproven, summary.missingZeroed > 0 else { return nil }
        return GateFinding(
            gate: "completeness",
            text:
                "\(summary.missingZeroed) products would go to zero for being absent, but nothing proves that the file is complete (a trailer count or a control file)"
        )
    }
}

/// `part` of `whole` in per cent, with one decimal. `nil` where there is no part.
private struct Share: CustomStringConvertible {
    let part: Int
    let whole: Int

    init?(_ part: Int, of whole: Int) {
        guard part > 0, whole > 0 else { return nil }
        self.part = part
        self.whole = whole
    }

    /// Exactly: `part / whole > limit / 100`, where the part is large enough to count, or the whole.
    func exceeds(_ limit: ExactDecimal, from least: Int) -> Bool {
        guard part >= least || part == whole else { return false }
        guard let allowed = limit.multiplied(by: ExactDecimal(Int64(whole))) else { return false }
        return ExactDecimal(Int64(part) * 100) > allowed
    }

    var description: String {
        let tenths = (Int64(part) * 1000 + Int64(whole) / 2) / Int64(whole)
        return "\(ExactDecimal(coefficient: tenths, scale: 1) ?? .zero) %"
    }
}
