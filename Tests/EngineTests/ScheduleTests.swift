import Domain
import StateStore
import TestKit
import Testing

@testable import Engine

struct ScheduleTests {
    @Test func `a value of a later day waits in the ledger and is sent when its day has come (C6)`() async throws {
        let dated = DatedWorld(["A": "9"])
        try dated.drop("a.csv", ["A,10", "A,12,,2026-03-20"])

        let first = try await dated.run()

        #expect(first.state == .scheduled)
        #expect(first.tally == Tally(read: 2, counts: [.applied: 1, .deferred: 1]))
        #expect(await dated.shop.writes == ["A 10"])

        dated.setClock(19, march: 23)
        try await dated.run()
        #expect(await dated.shop.writes == ["A 10"])

        dated.setClock(20)
        try await dated.run()
        #expect(await dated.shop.writes == ["A 10", "A 12"])
        #expect(try dated.state(1) == .finished)
        #expect(try dated.tally(1) == Tally(read: 2, counts: [.applied: 2]))
        #expect(try dated.world.unbalanced.isEmpty)
    }

    @Test func `after days of rest only the last value that is due is sent`() async throws {
        let dated = DatedWorld(["A": "9"])
        try dated.drop("a.csv", ["A,10", "A,11,,2026-03-10", "A,12,,2026-03-20", "A,13,,2026-03-30"])
        try await dated.run()

        dated.setClock(25)
        try await dated.run()

        #expect(await dated.shop.writes == ["A 10", "A 12"])
        #expect(try dated.tally(1) == Tally(read: 4, counts: [.applied: 2, .superseded: 1, .deferred: 1]))
    }

    @Test func `the same file again is a duplicate, and what waits goes on waiting`() async throws {
        let dated = DatedWorld(["A": "9"])
        try dated.drop("a.csv", ["A,10", "A,12,,2026-03-20"])
        try await dated.run()
        try dated.drop("b.csv", ["A,10", "A,12,,2026-03-20"])

        let again = try await dated.run()

        #expect(again.tally == Tally(read: 2, counts: [.duplicate: 2]))
        dated.setClock(20)
        try await dated.run()
        #expect(await dated.shop.figure("A") == "12")
    }

    @Test func `a newer full file brings its own later values, the older ones are dropped`() async throws {
        let dated = DatedWorld(["A": "9"])
        try dated.drop("a.csv", ["A,10", "A,12,,2026-03-20"])
        try await dated.run()
        try dated.drop("b.csv", ["A,10", "A,14,,2026-03-22"])
        try await dated.run()

        #expect(try dated.tally(1) == Tally(read: 2, counts: [.applied: 1, .superseded: 1]))
        dated.setClock(21)
        try await dated.run()
        #expect(await dated.shop.figure("A") == "10")
        dated.setClock(22)
        try await dated.run()
        #expect(await dated.shop.figure("A") == "14")
        #expect(try dated.world.unbalanced.isEmpty)
    }

    @Test func `a newer file that is held, then discarded, costs no value its day`() async throws {
        let dated = DatedWorld(["A": "9"])
        try dated.drop("a.csv", ["A,10", "A,12,,2026-03-20"])
        try await dated.run()
        try dated.drop("b.csv", ["A,11"])
        var knobs = DatedWorld.Knobs()
        knobs.approval = .always
        let held = try await dated.run(knobs)
        _ = try await dated.world.desk().discard(try #require(held.runs.last).run.id, by: "ann")

        dated.setClock(20)
        try await dated.run()

        #expect(await dated.shop.figure("A") == "12")
    }

    @Test func `a delta of before the day does not undo a later value, one of after it does`() async throws {
        let dated = DatedWorld(["A": "9", "B": "9"])
        var knobs = DatedWorld.Knobs()
        knobs.mode = .delta
        try dated.drop("a.csv", ["A,12,,2026-03-20", "B,12,,2026-03-20"])
        try await dated.run(knobs)
        dated.setClock(10)
        try dated.drop("b.csv", ["A,10"])
        try await dated.run(knobs)
        #expect(await dated.shop.figure("A") == "10")

        dated.setClock(21)
        try dated.drop("c.csv", ["B,20"])
        let report = try await dated.run(knobs)

        #expect(await dated.shop.figure("A") == "12")
        #expect(await dated.shop.figure("B") == "20")
        #expect(report.runs.allSatisfy { $0.run.state == .finished })
        #expect(try dated.world.unbalanced.isEmpty)
    }

    @Test func `a correction made before the day and read after it wins`() async throws {
        let dated = DatedWorld(["A": "9"])
        try dated.drop("a.csv", ["A,12,,2026-03-20"])
        try await dated.run()
        dated.setClock(19)
        try dated.drop("b.csv", ["A,15,,2026-03-20"])
        dated.setClock(20, march: 6)

        try await dated.run()

        #expect(await dated.shop.figure("A") == "15")
    }

    @Test func `F51 a dated value whose answer is lost is looked up, not sent twice`() async throws {
        let dated = DatedWorld(["A": "9"])
        try dated.drop("a.csv", ["A,12,,2026-03-20"])
        try await dated.run()
        dated.setClock(20)
        await dated.shop.loseAnswers(1)
        let lost = try await dated.run()
        #expect(lost.runs.first?.run.state == .waiting)

        try await dated.run()

        #expect(await dated.shop.writes == ["A 12"])
        #expect(try dated.state(1) == .finished)
    }

    @Test func `both clock changes: each value goes out at its local midnight, once`() async throws {
        // Summer time starts on 2026-03-29, so that day's midnight is 00:00 UTC and the next one's is 23:00 UTC the day before.
        let dated = DatedWorld(["A": "9"])
        try dated.drop("a.csv", ["A,10,,2026-03-29", "A,11,,2026-03-30", "A,12,,2026-10-25", "A,13,,2026-10-26"])
        var seen: [String] = []
        let start = UTCInstant(seconds: 1_774_731_600)  // 2026-03-28T21:00Z
        for hour in 0...28 {
            dated.world.clock.setWallClock(start.adding(.seconds(hour * 3600)))
            try await dated.run()
            let writes = await dated.shop.writes
            if writes.count > seen.count { seen.append("\(writes.last ?? "") at \(dated.world.clock.timeline.now())") }
        }
        let autumn = UTCInstant(seconds: 1_792_872_000)  // 2026-10-24T20:00Z
        for hour in 0...30 {
            dated.world.clock.setWallClock(autumn.adding(.seconds(hour * 3600)))
            try await dated.run()
            let writes = await dated.shop.writes
            if writes.count > seen.count { seen.append("\(writes.last ?? "") at \(dated.world.clock.timeline.now())") }
        }

        #expect(
            seen == [
                "A 10 at 2026-03-29T00:00:00Z", "A 11 at 2026-03-29T23:00:00Z", "A 12 at 2026-10-24T23:00:00Z",
                "A 13 at 2026-10-26T00:00:00Z",
            ]
        )
    }
}
