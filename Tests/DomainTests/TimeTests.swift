import Domain
import Testing

struct TimeTests {
    @Test func `every day of a thousand years survives the way to its number and back`() {
        var previous = CivilDate(daysSinceEpoch: -200_000)
        var wrong: [CivilDate] = []
        for day in -199_999...165_000 {
            let date = CivilDate(daysSinceEpoch: day)
            if date.daysSinceEpoch != day || date <= previous { wrong.append(date) }
            previous = date
        }

        #expect(wrong == [])
    }

    @Test(arguments: [(2026, 2, 29), (2025, 2, 29), (1900, 2, 29), (2026, 4, 31), (2026, 0, 1), (2026, 13, 1), (2026, 1, 0)])
    func `F43 a date that does not exist is none`(year: Int, month: Int, day: Int) {
        #expect(CivilDate(year: year, month: month, day: day) == nil)
    }

    @Test(arguments: [
        (Int64(0), "1970-01-01T00:00:00Z"), (951_782_400_000, "2000-02-29T00:00:00Z"), (-1, "1969-12-31T23:59:59.999Z"),
        (1_795_224_262_007, "2026-11-21T01:24:22.007Z"),
    ])
    func `instants are shown in UTC`(milliseconds: Int64, text: String) {
        #expect(UTCInstant(milliseconds: milliseconds).description == text)
    }

    @Test func `a tally balances exactly when its outcomes add up`() {
        var tally = Tally(read: 3, counts: [.applied: 1, .deferred: 2])
        #expect(tally.isBalanced)
        tally.move(2, from: .deferred, to: .rejected)
        #expect(tally.description == "3 read = 1 applied + 2 rejected")
        #expect(!Tally(read: 3, counts: [.applied: 2]).isBalanced)
    }
}

struct TimeRangeTests {
    @Test(arguments: [Int64.min, Int64.min + 1, -9_223_372_036_854_776, -1, 0, 1, 9_223_372_036_854_776, Int64.max - 1, Int64.max])
    func `a time from outside stays in the range instead of ending the program, and can be written`(number: Int64) {
        let edges = [UTCInstant(seconds: number), UTCInstant(milliseconds: number)]

        for instant in edges {
            for other in edges + [UTCInstant(milliseconds: 0)] {
                _ = instant.since(other)
                _ = instant.adding(instant.since(other))
            }
            #expect(!"\(instant)".isEmpty)
        }
        #expect(UTCInstant(seconds: .max) > UTCInstant(seconds: 0))
        #expect(UTCInstant(seconds: .min) < UTCInstant(seconds: 0))
    }
}
