import Domain
import Testing

struct FileNumbersTests {
    private static func day(_ number: Int) -> CivilDate { CivilDate(daysSinceEpoch: 20_000 + number) }

    private static func objection(
        _ number: Int64, after previous: Int64?, _ rule: FileNumberRule = FileNumberRule(), days: Int = 0, inHand: Set<Int64> = [],
        change: (inout FileNumbers) -> Void = { _ in }
    ) -> String? {
        var numbers = FileNumbers()
        numbers.rule = rule
        numbers.previousDay = day(0)
        numbers.day = day(days)
        numbers.inHand = inHand
        change(&numbers)
        return numbers.objection(to: number, after: previous)?.text
    }

    @Test func `a gap names what is missing, and what waits here is not missing`() {
        #expect(Self.objection(8, after: 7) == nil)
        #expect(Self.objection(7, after: 7) == nil)
        #expect(Self.objection(8, after: nil) == nil)
        #expect(Self.objection(9, after: 7) == "file number 9 follows 7: number 8 is missing")
        #expect(Self.objection(12, after: 7) == "file number 12 follows 7: numbers 8 to 11 are missing")
        #expect(Self.objection(12, after: 7, inHand: [9, 10]) == "file number 12 follows 7: numbers 8, 11 are missing")
        #expect(Self.objection(12, after: 7, inHand: [8, 9, 10, 11, 13]) == nil)
    }

    @Test func `numbers that wrap, begin anew or go back are told apart`() {
        let wrapping = FileNumberRule(last: 9999)
        #expect(Self.objection(1, after: 9999, wrapping) == nil)
        #expect(Self.objection(3, after: 9998, wrapping)?.contains("numbers 9999 to 9999") == false)
        #expect(Self.objection(3, after: 9998, wrapping)?.hasSuffix("numbers 9999, 1 to 2 are missing") == true)
        #expect(Self.objection(9998, after: 2, wrapping)?.contains("went back") == true)
        #expect(Self.objection(10_000, after: 2, wrapping)?.contains("from 1 to 9999") == true)
        #expect(Self.objection(0, after: 9999, FileNumberRule(first: 0, last: 9999)) == nil)
        // Without a rule the first number of a newer file begins anew, and nothing else does.
        #expect(Self.objection(1, after: 812) == nil)
        #expect(Self.objection(2, after: 812)?.contains("went back") == true)
        #expect(Self.objection(1, after: 812, FileNumberRule(restart: .never))?.contains("went back") == true)
        let daily = FileNumberRule(restart: .day)
        #expect(Self.objection(1, after: 48, daily, days: 1) == nil)
        #expect(Self.objection(3, after: 48, daily, days: 1)?.hasSuffix("numbers 1 to 2 are missing") == true)
        #expect(Self.objection(49, after: 48, daily, days: 1)?.hasSuffix("numbers 1 to 48 are missing") == true)
        #expect(Self.objection(1, after: 48, daily)?.contains("went back") == true)
        #expect(Self.objection(1, after: 48, FileNumberRule(restart: .year), days: 1)?.contains("went back") == true)
        #expect(Self.objection(1, after: 48, FileNumberRule(restart: .year), days: 400) == nil)
        #expect(Self.objection(1, after: 48, FileNumberRule(restart: .month), days: 40) == nil)
    }

    @Test func `a late file is judged by its content alone, and a twin is named by its run`() {
        #expect(Self.objection(3, after: 7) { $0.isLate = true } == nil)
        #expect(Self.objection(3, after: 7) { ($0.isLate, $0.twin) = (true, 12) } == "file number 3 came before, with other content: run 12")
    }

    @Test(arguments: [0, 1, Int64.max, -5, Int64.min, Int64.max - 1], [1, 3, Int64.max - 1, Int64.max] as [Int64])
    func `no number is too large to be judged`(_ previous: Int64, _ number: Int64) {
        for last in [nil, 999_999_999_999_999] as [Int64?] {
            _ = Self.objection(number, after: previous, FileNumberRule(first: 0, last: last))
            _ = Self.objection(number, after: previous, FileNumberRule(first: 0, last: last, restart: .day), days: 1)
        }
    }
}
