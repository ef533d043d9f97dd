import Domain
import StateStore
import TestKit
import Testing

@testable import Engine

/// What a run's time went into and how soon its rows were in the shop, as its books have it.
struct RunTimesTests {
    /// Each call that writes takes ten seconds, and each reading of the file two.
    private static func slow(_ world: World) -> Boundary {
        Boundary { name, moment in
            if name == "shop.apply", moment == .before { world.clock.advance(by: .seconds(10)) }
        }
    }

    private static func times(_ world: World, _ run: Int64) throws -> RunTimes { try world.ledger().read { try $0.times(run: run) } }

    @Test func `a run tells how soon half of its rows, 95 of 100 and the last were in the shop, and what its time went into`() async throws {
        let world = World(shop: FakeShop(batchSize: 2, batchesInFlight: 1, seed: 1))
        try world.drop("a.csv", (0..<6).map { World.line("S\($0)", "7") })
        world.clock.advance(by: .seconds(30))

        let report = try await world.run(boundary: Self.slow(world))

        let run = try #require(report.runs.last?.run.id)
        let times = try Self.times(world, run)
        let waited = try #require(times.waited)
        let landed = try #require(times.landed)
        #expect(waited >= .seconds(30) && times.phases[.writing] == .seconds(30), "\(times)")
        #expect(landed.rows == 6)
        #expect([landed.half - waited, landed.most - waited, landed.last - waited] == [.seconds(20), .seconds(30), .seconds(30)])
        #expect(try world.ledger().read { try RunReport(run, $0).times } == times)
    }

    @Test func `what a stopped attempt had not finished is told by the next one, and rows are told by when they were answered`() async throws {
        struct Stopped: Error {}
        let world = World(shop: FakeShop(batchSize: 2, batchesInFlight: 1, seed: 1))
        try world.drop("a.csv", (0..<6).map { World.line("S\($0)", "7") })
        let calls = Counter()
        _ = try? await world.run(
            boundary: Boundary { name, moment in
                guard name == "shop.apply", moment == .before else { return }
                world.clock.advance(by: .seconds(10))
                if calls.next() == 2 { throw Stopped() }
            })
        world.clock.advance(by: .seconds(600))

        try await world.run(boundary: Self.slow(world))

        let run = try #require(try world.ledger().read { try $0.recentRuns(limit: 9).last })
        let times = try Self.times(world, run.id)
        let (waited, landed) = (try #require(times.waited), try #require(times.landed))
        #expect(run.state == .finished && landed.rows == 6)
        // Two rows after ten seconds; four after the stop, each two a call.
        #expect(landed.half - waited >= .seconds(600) && landed.last > landed.half)
        #expect(times.phases[.writing].map { $0 >= .seconds(20) } == true)
    }

    @Test func `what was read by hand, or failed, tells no landing, and values of a later day do not count`() async throws {
        let world = World()
        try world.drop("a.csv", ["no header that anybody knows"])
        let failed = try await world.run()
        let failure = try #require(failed.runs.last?.run.id)
        #expect(try Self.times(world, failure).landed == nil)

        let dated = DatedWorld(["A": "5"])
        try dated.drop("d.csv", ["A,6,,", "A,7,,2026-03-05"])
        dated.world.clock.advance(by: .seconds(3))
        let first = try await dated.run()
        let run = try #require(first.runs.first?.run.id)
        let early = try Self.times(dated.world, run).landed
        dated.setClock(6)
        try await dated.run()
        let late = try Self.times(dated.world, run).landed
        #expect(early?.rows == 1 && late == early)
    }
}
