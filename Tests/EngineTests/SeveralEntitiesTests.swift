import Domain
import StateStore
import Testing

@testable import Engine

struct SeveralEntitiesTests {
    private static var knobs: DatedWorld.Knobs {
        var knobs = DatedWorld.Knobs()
        knobs.hasSecondEntity = true
        knobs.gates.marks = [MarkLimit(mark: "tenfold", share: 0, text: "figures ten times what they were")]
        return knobs
    }

    @Test func `one file feeds two entities, each with its own tally`() async throws {
        let dated = DatedWorld()
        try dated.drop("a.csv", ["A,10,1.5", "B,20,2.5"])

        let report = try await dated.run(Self.knobs)

        #expect(await dated.shop.figures == ["A": "10", "B": "20"])
        #expect(await dated.second.figures == ["A": "1.5", "B": "2.5"])
        #expect(report.runs.last?.tallies.map(\.entity) == ["figures", "weights"])
        #expect(report.runs.last?.tallies.allSatisfy { $0.tally == Tally(read: 2, counts: [.applied: 2]) } == true)
    }

    @Test func `a plan that a gate holds does not hold back the other entity`() async throws {
        let dated = DatedWorld(["A": "10"])
        try dated.drop("a.csv", ["A,100,1.5"])

        let report = try await dated.run(Self.knobs)

        #expect(report.state == .held)
        #expect(report.gates == ["tenfold"])
        #expect(report.runs.last?.plans.first?.findings.first?.text.contains("such as A") == true)
        #expect(await dated.shop.writes.isEmpty)
        #expect(await dated.second.figure("A") == "1.5")

        let run = try #require(report.runs.last).run.id
        let approved = try await dated.world.desk().approve(run, of: dated.flow(Self.knobs), by: "ann")

        #expect(approved.run.state == .finished)
        #expect(await dated.shop.figure("A") == "100")
        #expect(await dated.second.writes == ["A 1.5"])
    }

    @Test func `discarding the held plan leaves what the other entity applied`() async throws {
        let dated = DatedWorld(["A": "10"])
        try dated.drop("a.csv", ["A,100,1.5"])
        let run = try #require(try await dated.run(Self.knobs).runs.last).run.id

        _ = try await dated.world.desk().discard(run, by: "ann")

        #expect(try dated.tally(run) == Tally(read: 1, counts: [.superseded: 1]))
        #expect(try dated.tally(run, "weights") == Tally(read: 1, counts: [.applied: 1]))
        #expect(try dated.world.unbalanced.isEmpty)
    }

    @Test func `G1 a crash anywhere ends as if it had not been`() async throws {
        struct Stopped: Error {}
        for stop in 1...200 {
            let dated = DatedWorld(["A": "10"])
            try dated.drop("a.csv", ["A,100,1.5", "B,7,2.5", "B,8,3.5,2026-03-02"])
            let passed = Counter()
            let boundary = Boundary { _, _ in if passed.next() == stop { throw Stopped() } }
            do { try await dated.run(Self.knobs, boundary: boundary) } catch {}
            try await dated.run(Self.knobs)
            let run = try #require(try dated.world.ledger().read { try $0.openRuns(flow: "figures").last }).id
            _ = try await dated.world.desk().approve(run, of: dated.flow(Self.knobs), by: "ann")
            dated.setClock(3)
            try await dated.run(Self.knobs)

            #expect(await dated.shop.figures == ["A": "100", "B": "8"], "stopped at \(stop)")
            #expect(await dated.second.figures == ["A": "1.5", "B": "3.5"])
            #expect(try dated.world.unbalanced.isEmpty)
            if passed.count < stop { return }
        }
        Issue.record("more crossings than were tried")
    }
}
