import Domain
import Testing

/// Whether values lean to one side by more than chance.
struct DriftTests {
    /// Against the exact binomial sums, computed elsewhere with whole numbers.
    @Test(arguments: [
        (7, 7, false), (8, 8, true), (8, 7, false), (10, 9, false), (10, 10, true), (20, 16, false), (20, 17, true), (50, 34, false), (50, 35, true),
        (100, 63, false), (100, 64, true), (200, 118, false), (200, 119, true), (1000, 541, false), (1000, 542, true), (1_000_000, 501_400, true),
        (0, 0, false),
    ])
    func `the sign test tells what chance does in less than one case of a hundred`(_ total: Int, _ count: Int, _ expected: Bool) {
        #expect(Drift.isTelling(count, of: total) == expected)
        #expect(Drift.isTelling(total - count, of: total) == expected)
    }

    private static func drift(_ higher: Int, _ lower: Int) -> Drift {
        var drift = Drift(place: "LDS")
        for _ in 0..<higher { drift.add(2) }
        for _ in 0..<lower { drift.add(-1) }
        return drift
    }

    @Test func `direction and sum are those of the excesses`() {
        #expect(Self.drift(30, 2).direction == .higher && Self.drift(30, 2).net == 58)
        #expect(Self.drift(2, 30).direction == .lower)
        #expect(Self.drift(9, 8).direction == .mixed)
    }

    @Test func `a lean too small to show in any one week shows in many`() {
        let weeks = Array(repeating: Self.drift(14, 6), count: 6)

        #expect(weeks.allSatisfy { $0.direction == .mixed })
        #expect(Creep.direction(of: Array(weeks.prefix(2))) == nil)
        #expect(Creep.direction(of: weeks) == .higher)
        #expect(Creep.direction(of: Array(repeating: Self.drift(6, 14), count: 6)) == .lower)
        #expect(Creep.direction(of: (0..<50).map { Self.drift(10 + $0 % 2, 11 - $0 % 2) }) == nil)
    }
}
