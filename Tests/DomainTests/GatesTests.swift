import Domain
import TestKit
import Testing

struct GatesTests {
    private func context(
        mode: FileMode = .full, age: Duration = .zero, header: [String] = ["sku"], sequence: Int64? = nil,
        previous: Gates.Context.Previous? = .init(records: 100, header: ["sku"], sequence: 7),
        completeness: Gates.Context.Completeness = .unproven
    ) -> Gates.Context {
        Gates.Context(mode: mode, age: age, header: header, sequence: sequence, previous: previous, completeness: completeness)
    }

    private func summary(_ change: (inout PlanSummary) -> Void) -> PlanSummary {
        var summary = PlanSummary()
        summary.records = 100
        summary.keys = 100
        summary.availableBefore = 100
        change(&summary)
        return summary
    }

    private func gates(_ summary: PlanSummary, _ context: Gates.Context, _ gates: Gates = Gates()) -> [String] {
        gates.findings(summary, context).map(\.gate)
    }

    @Test func `a plan like the one before passes every gate`() {
        #expect(gates(summary { _ in }, context()) == [])
    }

    @Test func `B5 a limit holds what exceeds it, and nothing that meets it`() {
        #expect(gates(summary { $0.records = 80 }, context()) == [])
        #expect(gates(summary { $0.records = 79 }, context()) == ["row_drop"])
        #expect(gates(summary { $0.toUnavailable = 10 }, context()) == [])
        #expect(gates(summary { $0.toUnavailable = 11 }, context()) == ["to_zero"])
        #expect(gates(summary { $0.rejected = 20 }, context()) == [])
        #expect(gates(summary { $0.rejected = 21 }, context()) == ["rejected"])
    }

    @Test func `a share of a few holds nothing, the whole of a few does`() {
        func few(_ count: Int, of whole: Int, _ limits: Gates = Gates()) -> [String] {
            let plan = summary {
                $0.records = whole
                $0.keys = whole
                $0.availableBefore = whole
                $0.rejected = count
                $0.toUnavailable = count
            }
            return gates(plan, context(previous: nil), limits)
        }
        var careful = Gates()
        careful.least = 1

        #expect(few(2, of: 5) == [])
        #expect(few(3, of: 5) == ["to_zero", "rejected"])
        #expect(few(2, of: 2) == ["to_zero", "rejected"])
        #expect(few(2, of: 5, careful) == ["to_zero", "rejected"])
        #expect(gates(summary { $0.records = 3 }, context(previous: .init(records: 5, header: ["sku"], sequence: nil))) == [])
        #expect(gates(summary { $0.records = 2 }, context(previous: .init(records: 5, header: ["sku"], sequence: nil))) == ["row_drop"])
    }

    @Test func `products the shop does not have count against their own limit only`() {
        let plan = summary {
            $0.unknownKeys = 51
            $0.rejected = 51
        }

        #expect(gates(plan, context()) == ["unknown"])
    }

    @Test func `row drop means nothing for a delta, nor for the first file`() {
        #expect(gates(summary { $0.records = 1 }, context(mode: .delta)) == [])
        #expect(gates(summary { $0.records = 1 }, context(previous: nil)) == [])
    }

    @Test func `F31 a full file without a record is held, even as the first`() {
        #expect(gates(summary { $0.records = 0 }, context(previous: nil)) == ["empty"])
    }

    @Test func `a gap in the sender's numbers is held, a repetition is not`() {
        #expect(gates(summary { _ in }, context(sequence: 8)) == [])
        #expect(gates(summary { _ in }, context(sequence: 10)) == ["sequence"])
        #expect(gates(summary { _ in }, context(sequence: 7)) == [])
    }

    @Test func `old figures are held`() {
        var limits = Gates()
        limits.maximumAge = .seconds(7200)

        #expect(gates(summary { _ in }, context(age: .seconds(7200)), limits) == [])
        #expect(gates(summary { _ in }, context(age: .seconds(7201)), limits) == ["max_age"])
    }

    @Test func `B6 header drift names the columns that came and went`() throws {
        let findings = Gates().findings(
            summary { _ in }, context(header: ["sku", "qty_new"], previous: .init(records: 100, header: ["sku", "qty"], sequence: nil)))

        let text = try #require(findings.first?.text)
        #expect(text.contains("\"qty\""))
        #expect(text.contains("\"qty_new\""))
    }

    @Test func `absent products go to zero only from a file that something vouched for`() {
        let plan = summary { $0.missingZeroed = 1 }

        #expect(gates(plan, context()) == ["completeness"])
        #expect(gates(plan, context(completeness: .proven)) == [])
    }

    @Test func `every gate can be switched off, and then holds nothing`() {
        let worst = summary {
            $0.records = 0
            $0.toUnavailable = 100
            $0.unknownKeys = 100
            $0.rejected = 200
        }

        #expect(gates(worst, context(age: .seconds(1_000_000), header: ["other"], sequence: 99), .open) == [])
    }
}

/// Gates by chance: what is worse never passes where what is better is held.
struct GateHistoryTests {
    private static func findings(_ plan: PlanSummary, _ previous: Int, _ mode: FileMode, _ gates: Gates = Gates()) -> Set<String> {
        let context = Gates.Context(
            mode: mode, age: .zero, header: ["sku"], sequence: nil, previous: .init(records: previous, header: ["sku"], sequence: nil),
            completeness: .unproven)
        return Set(gates.findings(plan, context).map(\.gate))
    }

    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func `one record more that is rejected, goes to zero or is missing opens no gate that held before`(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        func pick(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }
        var plan = PlanSummary()
        plan.records = 1 + pick(300)
        plan.keys = plan.records
        plan.availableBefore = pick(300)
        plan.rejected = pick(plan.records + 1)
        plan.toUnavailable = pick(plan.availableBefore + 1)
        let (previous, mode) = (1 + pick(400), pick(2) == 0 ? FileMode.full : .delta)

        let before = Self.findings(plan, previous, mode)
        var rejected = plan
        rejected.rejected = min(plan.records, plan.rejected + 1)
        var zeroed = plan
        zeroed.toUnavailable = min(plan.availableBefore, plan.toUnavailable + 1)

        for gate in ["rejected"] where before.contains(gate) { #expect(Self.findings(rejected, previous, mode).contains(gate), "\(plan)") }
        for gate in ["to_zero"] where before.contains(gate) { #expect(Self.findings(zeroed, previous, mode).contains(gate), "\(plan)") }
        if before.contains("row_drop") { #expect(Self.findings(plan, previous + 1, mode).contains("row_drop"), "\(plan) after \(previous)") }
        // A plan without anything wrong is never held, however many records it has.
        var good = plan
        (good.rejected, good.toUnavailable) = (0, 0)
        #expect(Self.findings(good, good.records, mode).isEmpty)
    }
}
