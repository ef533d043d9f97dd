import Domain
import Endpoints
import Entities
import StateStore
import TestKit
import Testing

@testable import Engine

/// Full files of one moment, one for each warehouse: each tells of its own part, and none supersedes another.
struct ComplementaryFilesTests {
    private static func drop(_ world: World, at moment: UTCInstant) throws {
        try world.drop("a-leeds.csv", [World.line("A", "10"), World.line("B", "7")], at: moment)
        try world.drop("b-newcastle.csv", [World.line("A", "3", warehouse: "NCL"), World.line("C", "4", warehouse: "NCL")], at: moment)
    }

    private static let both: [String: ExactDecimal] = ["A main": 10, "B main": 7, "A north": 3, "C north": 4]

    @Test func `full files of one moment are both applied`() async throws {
        let world = World()
        try Self.drop(world, at: world.clock.timeline.now())

        let report = try await world.run()

        #expect(await world.shop.quantities == Self.both)
        #expect(report.runs.map(\.run.state) == [.finished, .finished])
        #expect(try world.unbalanced.isEmpty)
    }

    @Test(arguments: [FakeShop.Fault.unavailable, .dropBefore, .commitThenDrop], [false, true])
    func `full files of one moment are both applied where the first had to wait for the shop`(_ fault: FakeShop.Fault, _ comesLater: Bool)
        async throws
    {
        let world = World()
        let moment = world.clock.timeline.now()
        await world.shop.plan(fault)
        if comesLater {
            try world.drop("a-leeds.csv", [World.line("A", "10"), World.line("B", "7")], at: moment)
            try await world.run()
            try world.drop("b-newcastle.csv", [World.line("A", "3", warehouse: "NCL"), World.line("C", "4", warehouse: "NCL")], at: moment)
        } else {
            try Self.drop(world, at: moment)
        }

        for _ in 0..<3 { try await world.run() }

        #expect(await world.shop.quantities == Self.both)
        let runs = try world.ledger().read { try $0.recentRuns(limit: 10) }
        #expect(runs.count == 2 && runs.allSatisfy { $0.state == .finished && $0.verdict == "done" }, "\(runs)")
        #expect(try world.unbalanced.isEmpty)
    }

    @Test func `of full files of one moment the last one by name lives also where the first had to wait`() async throws {
        let world = World()
        let moment = world.clock.timeline.now()
        await world.shop.plan(.unavailable, .unavailable)
        try world.drop("a.csv", [World.line("A", "1")], at: moment)
        try world.drop("b.csv", [World.line("A", "2")], at: moment)

        for _ in 0..<4 { try await world.run() }

        #expect(await world.shop.quantity("A") == 2)
    }

    @Test(arguments: [[1, 2], [2, 1]])
    func `full files of one moment are both applied where a person approves them, in either order`(_ order: [Int64]) async throws {
        let world = World()
        var knobs = World.Knobs()
        knobs.approval = .always
        try Self.drop(world, at: world.clock.timeline.now())
        let held = try await world.run(knobs)
        for run in order { _ = try await world.desk().approve(run, of: world.flow(knobs), by: "ann") }

        #expect(held.runs.map(\.run.state) == [.held, .held])
        #expect(await world.shop.quantities == Self.both)
        #expect(try world.unbalanced.isEmpty)
    }

    @Test func `a file that a gate holds is planned again when another file of its moment was applied, and loses nothing`() async throws {
        let world = World()
        var knobs = World.Knobs()
        knobs.gates.toZero = 10
        knobs.gates.least = 1
        for sku in ["A", "B"] { await world.shop.put(sku, quantity: 5) }
        let moment = world.clock.timeline.now()
        try world.drop("a-leeds.csv", [World.line("A", "10"), World.line("B", "0")], at: moment)
        try world.drop("b-newcastle.csv", [World.line("A", "3", warehouse: "NCL")], at: moment)
        let report = try await world.run(knobs)
        _ = try await world.desk().approve(1, of: world.flow(knobs), by: "ann")

        #expect(Set(report.runs.map(\.run.state)) == [.finished, .held], "\(report.runs.map(\.run))")
        #expect(await world.shop.quantities == ["A main": 10, "B main": 0, "A north": 3])
        #expect(try world.unbalanced.isEmpty)
    }

    @Test func `full files of one moment ahead of the clock wait both, and are both applied when their time has come`() async throws {
        let world = World()
        let moment = world.clock.timeline.now().adding(.seconds(10 * 86_400))
        try Self.drop(world, at: moment)
        let early = try await world.run()
        world.clock.setWallClock(moment.adding(.seconds(60)))
        for _ in 0..<2 { try await world.run() }

        #expect(early.runs.allSatisfy { $0.run.state == .held }, "\(early.runs.map(\.run.state))")
        #expect(await world.shop.quantities == Self.both)
    }

    @Test func `the later days of a full file outlast another full file of the same moment, and not a newer one`() async throws {
        let dated = DatedWorld()
        let moment = dated.world.clock.timeline.now()
        let lines = { (sku: String) in "sku,figure,weight,valid_from\r\n\(sku),1,,\r\n\(sku),2,,2026-03-10\r\n" }
        try dated.world.drop("a.csv", bytes: Array(lines("A").utf8), at: moment)
        try dated.world.drop("b.csv", bytes: Array(lines("B").utf8), at: moment)
        try await dated.run()
        dated.setClock(10, march: 1)
        try await dated.run()

        #expect(await Set(dated.shop.writes).isSuperset(of: ["A 2", "B 2"]))
    }
}
