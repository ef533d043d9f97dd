import Domain
import Endpoints
import Entities
import StateStore
import TestKit
import Testing

@testable import Engine

struct RetentionTests {
    // The durations are literals of this file.
    private let month = try! Retention(
        SettingNode(
            .map([
                (key: "records", node: SettingNode(.scalar("30d"), at: .init(file: "t"))),
                (key: "files", node: SettingNode(.scalar("7d"), at: .init(file: "t"))),
            ]),
            at: .init(file: "t")
        )
    )

    private func worldAfterTwoFiles() async throws -> World {
        let world = World()
        try world.drop("a.csv", [World.line("A", "10"), World.line("B", "5")])
        try await world.run()
        try world.drop("b.csv", [World.line("A", "11"), World.line("B", "5")])
        try await world.run()
        return world
    }

    @Test func `what is past its time is forgotten, and counts, mirror and balance stay`() async throws {
        let world = try await worldAfterTwoFiles()
        world.clock.advance(by: .seconds(40 * 86_400))
        let runner = try world.runner(world.ledger())

        try runner.expire(month)

        let ledger = try world.ledger()
        let changes = try ledger.read { try $0.changes(entity: "stock", key: RecordKey("A"), limit: 10) }
        #expect(changes.map(\.run) == [2], "the change the mirror rests on is kept, the older one is not")
        #expect(try ledger.read { try $0.tally(run: 1, entity: "stock") } == Tally(read: 2, counts: [.applied: 2]))
        #expect(try world.mirror("A") != nil)
        #expect(try world.unbalanced.isEmpty)
        let first = try #require(try ledger.read { reader in try reader.delivery(1) })
        #expect(try world.runner(ledger).spool.size(of: first.hash) == nil)
    }

    @Test func `what waits for a person is kept whatever its age`() async throws {
        let world = World()
        var knobs = World.Knobs()
        knobs.gates.rejected = nil
        try world.drop("a.csv", [World.line("A", "10"), World.line("B", "x")])
        try await world.run(knobs)
        let error = try #require(world.errors().first)
        world.clock.advance(by: .seconds(500 * 86_400))

        try world.runner(world.ledger()).expire(month)

        #expect(try world.errors().map(\.id) == [error.id])
        let desk = try world.desk()
        try desk.edit(error.id, to: Array(World.line("B", "7").utf8), by: "ann")
        _ = try await desk.retry([error.id], of: world.flow(knobs), by: "ann")
        #expect(await world.shop.quantity("B") == 7)
    }

    @Test func `a run goes on well after everything was forgotten`() async throws {
        let world = try await worldAfterTwoFiles()
        world.clock.advance(by: .seconds(500 * 86_400))
        try world.runner(world.ledger()).expire(month)
        try world.drop("c.csv", [World.line("A", "11"), World.line("B", "6")])

        let report = try await world.run()

        #expect(report.tally == Tally(read: 2, counts: [.applied: 1, .unchanged: 1]))
        #expect(try world.unbalanced.isEmpty)
    }
}
