import Domain
import StateStore
import Testing

@testable import Engine

struct RollbackTests {
    private static func applied() async throws -> DatedWorld {
        let dated = DatedWorld(["A": "1", "B": "2", "C": "3"])
        try dated.drop("a.csv", ["A,10", "B,20", "C,30", "D,40"])
        try await dated.run()
        return dated
    }

    private static func rollback(_ dated: DatedWorld, _ run: Int64 = 1) async throws -> RunReport {
        try await dated.world.desk().rollback(run, of: dated.flow(.init()), by: "ann")
    }

    @Test func `every value of a run is put back, and a product without a value of before stays and is named`() async throws {
        let dated = try await Self.applied()

        let report = try await Self.rollback(dated)

        #expect(await dated.shop.figures == ["A": "1", "B": "2", "C": "3", "D": "40"])
        #expect(report.run.state == .finished)
        #expect(report.tallies.first?.tally == Tally(read: 4, counts: [.applied: 3, .superseded: 1]))
        #expect(try dated.world.unbalanced.isEmpty)
    }

    @Test func `what a later run changed, or a person in the shop, is not overwritten`() async throws {
        let dated = try await Self.applied()
        try dated.drop("b.csv", ["A,11", "B,20", "C,30", "D,40"])
        try await dated.run()
        await dated.shop.set("B", "21")

        let report = try await Self.rollback(dated)

        #expect(await dated.shop.figures == ["A": "11", "B": "21", "C": "3", "D": "40"])
        #expect(report.tallies.first?.tally == Tally(read: 4, counts: [.applied: 1, .superseded: 3]))
    }

    @Test func `the file that was taken back waits for a person when it comes again, and goes through once approved`() async throws {
        let dated = try await Self.applied()
        _ = try await Self.rollback(dated)
        try dated.drop("b.csv", ["A,10", "B,20", "C,30", "D,40"])

        let again = try await dated.run()

        #expect(again.state == .held)
        #expect(again.gates == ["taken_back"])
        let run = try #require(again.runs.last).run.id
        _ = try await dated.world.desk().approve(run, of: dated.flow(.init()), by: "ann")
        #expect(await dated.shop.figure("A") == "10")
        try dated.drop("c.csv", ["A,12", "B,20", "C,30", "D,40"])
        #expect(try await dated.run().state == .finished)
    }

    @Test func `values that wait for their day are dropped with the run`() async throws {
        let dated = DatedWorld(["A": "1"])
        try dated.drop("a.csv", ["A,10", "A,12,,2026-03-20"])
        try await dated.run()

        _ = try await Self.rollback(dated)
        dated.setClock(20)
        try await dated.run()

        #expect(await dated.shop.figure("A") == "1")
        #expect(try dated.tally(1) == Tally(read: 2, counts: [.applied: 1, .superseded: 1]))
    }

    @Test func `a key that took several values in the run goes back to how it was before the first`() async throws {
        let dated = DatedWorld(["A": "1"])
        try dated.drop("a.csv", ["A,10", "A,12,,2026-03-20"])
        try await dated.run()
        dated.setClock(20)
        try await dated.run()

        _ = try await Self.rollback(dated)

        #expect(await dated.shop.figure("A") == "1")
    }

    @Test func `a run is taken back once, and one that changed nothing not at all`() async throws {
        let dated = try await Self.applied()
        _ = try await Self.rollback(dated)
        let twice = await #expect(throws: Diagnostic.self) { try await Self.rollback(dated) }
        #expect(twice?.code == "RUN-UNDONE")
        let unknown = await #expect(throws: Diagnostic.self) { try await Self.rollback(dated, 99) }
        #expect(unknown?.code == "RUN-UNKNOWN")
    }

    @Test func `G1 a rollback that dies anywhere is finished by the next run`() async throws {
        struct Stopped: Error {}
        for stop in 1...60 {
            let dated = try await Self.applied()
            let passed = Counter()
            let boundary = Boundary { _, _ in if passed.next() == stop { throw Stopped() } }
            do {
                let desk = OperatorDesk(runner: try dated.world.runner(dated.world.ledger(boundary: boundary))) { _ in
                    ContentHash(digest: [])
                }
                _ = try await desk.rollback(1, of: dated.flow(.init(), boundary: boundary), by: "ann")
            } catch {
                if try dated.state(2) == nil { _ = try await Self.rollback(dated) }
                try await dated.run()
            }
            #expect(await dated.shop.figures == ["A": "1", "B": "2", "C": "3", "D": "40"], "stopped at \(stop)")
            #expect(try dated.world.unbalanced.isEmpty)
            if passed.count < stop { return }
        }
        Issue.record("more crossings than were tried")
    }
}
