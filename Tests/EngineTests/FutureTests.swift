import Domain
import Endpoints
import Entities
import StateStore
import TestKit
import Testing

@testable import Engine

/// Time is bounded both ways: what is dated later than can be changes nothing and outdates nothing.
struct FutureTests {
    private static let year: Int64 = 365 * 86_400

    private func later(_ world: World, _ seconds: Int64) -> UTCInstant { world.clock.timeline.now().adding(.seconds(seconds)) }

    @Test(arguments: [FileMode.full, .delta])
    func `F95 FILE-FUTURE a file dated years ahead is held, and the files after it are applied`(_ mode: FileMode) async throws {
        let world = World()
        var knobs = World.Knobs()
        if mode == .delta { knobs.profile = World.deltaProfile }
        try world.drop("first.csv", [World.line("A", "10")])
        try await world.run(knobs)
        try world.drop("future.csv", [World.line("A", "99")], at: later(world, 10 * Self.year))

        let held = try await world.run(knobs)
        try world.drop("good.csv", [World.line("A", "11")])
        let good = try await world.run(knobs)

        #expect(held.state == .held && held.gates == ["future"])
        #expect(held.runs.last?.plans.first?.findings.first?.text.contains("FILE-FUTURE") == true)
        #expect(good.runs.last?.run.state == .finished)
        #expect(await world.shop.quantity("A") == 11)
        #expect(try world.unbalanced.isEmpty)
    }

    @Test(arguments: ["2062", "2126", "9999"])
    func `F95 FILE-FUTURE one row that is dated years ahead holds its file and makes no later one old`(_ year: String) async throws {
        let world = World()
        var knobs = World.Knobs()
        knobs.profile = World.rowDatedProfile
        func line(_ sku: String, _ onHand: String, _ date: String) -> String { World.line(sku, onHand).replacing("21/11/2026", with: date) }
        try world.drop("first.csv", [line("A", "10", "18/11/2026"), line("B", "10", "18/11/2026")])
        try await world.run(knobs)
        try world.drop("far.csv", [line("A", "12", "19/11/2026"), line("B", "99", "19/11/\(year)")])

        let held = try await world.run(knobs)
        try world.drop("good.csv", [line("A", "11", "20/11/2026"), line("B", "11", "20/11/2026")])
        let good = try await world.run(knobs)

        #expect(held.state == .held && held.gates.contains("future"), "\(held.runs.map(\.run))")
        #expect(good.runs.contains { $0.run.state == .finished })
        #expect(await world.shop.quantities == ["A main": 11, "B main": 11])
        #expect(try world.unbalanced.isEmpty)
    }

    @Test func `F95 FILE-FUTURE a file that only our own clock made one of the future is applied once the clock is right`() async throws {
        let world = World()
        let now = world.clock.timeline.now()
        try world.drop("a.csv", [World.line("A", "10")])
        world.clock.setWallClock(now.adding(.seconds(-10 * Self.year)))
        let held = try await world.run()
        world.clock.setWallClock(now.adding(.seconds(3600)))
        let right = try await world.run()

        #expect(held.state == .held)
        #expect(right.runs.first?.run.state == .finished)
        #expect(await world.shop.quantity("A") == 10)
        #expect(try world.unbalanced.isEmpty)
    }

    @Test func `F95 FILE-FUTURE what a person applies all the same outdates nothing`() async throws {
        let world = World()
        try world.drop("future.csv", [World.line("A", "99")], at: later(world, 10 * Self.year))
        let held = try await world.run()
        let approved = try await world.desk().approve(try #require(held.runs.first?.run.id), of: world.flow(World.Knobs()), by: "ann")
        try world.drop("good.csv", [World.line("A", "11")])
        let good = try await world.run()

        #expect(approved.run.state == .finished)
        #expect(good.tally == Tally(read: 1, counts: [.applied: 1]))
        #expect(await world.shop.quantity("A") == 11)
    }

    @Test func `F95 a file within the tolerance is applied, and one past it is not`() async throws {
        for (seconds, state) in [(86_000 as Int64, Run.State.finished), (87_000, .held)] {
            let world = World()
            try world.drop("a.csv", [World.line("A", "1")], at: later(world, seconds))
            #expect(try await world.run().state == state)
        }
        let world = World()
        var knobs = World.Knobs()
        knobs.gates.future = .seconds(2 * 86_400)
        try world.drop("a.csv", [World.line("A", "1")], at: later(world, 87_000))
        #expect(try await world.run(knobs).state == .finished)
    }

    @Test func `F95 a ledger that believes in the future is set right by the next good file`() async throws {
        let world = World()
        // Applied while the clock was years ahead.
        let now = world.clock.timeline.now()
        world.clock.setWallClock(now.adding(.seconds(10 * Self.year)))
        try world.drop("future.csv", [World.line("A", "99"), World.line("B", "5")])
        try await world.run()
        world.clock.setWallClock(now)
        try world.drop("good.csv", [World.line("A", "11"), World.line("B", "5")])
        let good = try await world.run()
        let marks = try world.ledger().read { try $0.watermarks(flow: "stock") }

        #expect(good.state == .finished)
        #expect(good.tally == Tally(read: 2, counts: [.applied: 1, .unchanged: 1]))
        #expect(await world.shop.quantity("A") == 11)
        #expect(marks.allSatisfy { $0.version <= now.adding(.seconds(3600)) })
        try world.drop("again.csv", [World.line("A", "12"), World.line("B", "5")])
        #expect(try await world.run().tally[.applied] == 1)
    }

    @Test(arguments: [40 * 86_400, 10 * 365 * 86_400] as [Int64])
    func `F95 a clock that was put on deletes nothing, and time that has passed does`(_ jump: Int64) async throws {
        let world = World()
        try world.drop("a.csv", [World.line("A", "10")])
        try await world.run()
        try world.drop("b.csv", [World.line("A", "11")])
        try await world.run()
        let runner = try world.runner(world.ledger())
        let retention = try Retention(
            SettingNode(.map([(key: "files", node: SettingNode(.scalar("7d"), at: .init(file: "t")))]), at: .init(file: "t")))
        let hash = try #require(try world.ledger().read { try $0.delivery(1) }).hash
        try runner.expire(retention)
        let now = world.clock.timeline.now()

        world.clock.setWallClock(now.adding(.seconds(jump)))
        world.clock.advance(by: .seconds(2 * 3600))
        try runner.expire(retention)
        try runner.expire(retention)
        let afterJump = runner.spool.size(of: hash)
        // Back again, and days go by.
        world.clock.setWallClock(now)
        for _ in 0..<9 {
            world.clock.advance(by: .seconds(86_400))
            try runner.expire(retention)
        }

        #expect(afterJump != nil)
        #expect(runner.spool.size(of: hash) == nil)
    }

    @Test func `F95 what was written while the clock was behind is not old once it is right again`() async throws {
        let world = World()
        try world.drop("a.csv", [World.line("A", "10")])
        try await world.run()
        let now = world.clock.timeline.now()
        world.clock.setWallClock(now.adding(.seconds(-2 * Self.year)))
        try world.drop("b.csv", [World.line("B", "11")], at: now.adding(.seconds(60)))
        try await world.run()
        world.clock.setWallClock(now.adding(.seconds(3600)))
        let runner = try world.runner(world.ledger())
        for _ in 0..<3 {
            try runner.expire(Retention(nil))
            world.clock.advance(by: .seconds(2 * 86_400))
        }

        for id in 1...2 as ClosedRange<Int64> {
            let hash = try #require(try world.ledger().read { try $0.delivery(id) }).hash
            #expect(runner.spool.size(of: hash) != nil, "delivery \(id)")
        }
        #expect(try world.ledger().read { try $0.changes(entity: "stock", key: RecordKey("B"), limit: 5) }.count == 1)
    }

    @Test func `F95 a clock that is behind what was proven calls nothing old, whatever was written while it was further behind`() async throws {
        let world = World()
        let start = world.clock.timeline.now()
        let falling = Boundary { name, moment in
            if name == "shop.apply", moment == .afterEffect { world.clock.setWallClock(start.adding(.seconds(-10 * Self.year))) }
        }
        try world.drop("a.csv", [World.line("A", "10")])
        try await world.run(World.Knobs(), boundary: falling)
        world.clock.setWallClock(start.adding(.seconds(3600)))
        try world.drop("b.csv", [World.line("A", "11")])
        try await world.run()
        world.clock.setWallClock(start.adding(.seconds(-86_400)))

        try world.runner(world.ledger()).expire(Retention(nil))

        #expect(try world.ledger().read { try $0.changes(entity: "stock", key: RecordKey("A"), limit: 5) }.count == 2)
    }

    @Test func `F95 on the first day of a ledger nothing is old, whatever the clock says`() async throws {
        let world = World()
        try world.drop("a.csv", [World.line("A", "10")])
        let jumping = Boundary { name, moment in
            if name == "shop.apply", moment == .afterEffect { world.clock.setWallClock(world.clock.timeline.now().adding(.seconds(370 * 86_400))) }
        }
        try await world.run(World.Knobs(), boundary: jumping)
        let runner = try world.runner(world.ledger())
        try runner.expire(Retention(nil))

        let hash = try #require(try world.ledger().read { try $0.delivery(1) }).hash
        #expect(runner.spool.size(of: hash) != nil)
    }

    @Test(.enabled(if: QuirkyServer.isPresent, "there is no Python here"), arguments: [7200, 10 * Self.year])
    func `F95 F98 where a server says no times, a clock of ours that was ahead holds no file and supersedes none`(_ ahead: Int64) async throws {
        let server = try QuirkyServer.start(["no-time"])
        defer { server.stop() }
        let world = try await World.at(server)
        var knobs = World.Knobs()
        let now = world.clock.timeline.now()
        try world.drop("a.csv", [World.line("A", "10")])
        // One is applied, and the next one is first seen, while the clock is ahead.
        world.clock.setWallClock(now.adding(.seconds(ahead)))
        let first = try await world.run(knobs)
        knobs.settle = .unchanged(for: .seconds(30))
        try world.drop("b.csv", [World.line("A", "20")])
        let seen = try await world.run(knobs)
        world.clock.setWallClock(now.adding(.seconds(600)))
        world.clock.advance(by: .seconds(31))
        let second = try await world.run(knobs)
        knobs.settle = .atOnce
        try world.drop("c.csv", [World.line("A", "30")])
        let third = try await world.run(knobs)

        #expect(first.state == .finished && seen.runs.isEmpty)
        #expect(second.runs.map(\.run.state) == [.finished] && second.gates.isEmpty, "\(second.runs.map(\.run))")
        #expect(third.runs.map(\.run.state) == [.finished], "\(third.runs.map(\.run))")
        #expect(await world.shop.quantity("A") == 30)
        #expect(await world.shop.writes.map(\.value.levels[0].quantity) == [10, 20, 30])
        #expect(try world.unbalanced.isEmpty)
    }
}
