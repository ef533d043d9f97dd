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
        try desk.edit(error.id, to: Array(World.line("B", "7").utf8), world.flow(knobs).profile, timeZone: "Europe/London", by: "ann")
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

    private static func settings(_ values: [(key: String, value: String)]) throws -> Retention {
        try Retention(SettingNode(.map(values.map { ($0.key, SettingNode(.scalar($0.value), at: .init(file: "t"))) }), at: .init(file: "t")))
    }

    /// A world with a rejected record that was settled, and what is kept of it.
    private func worldWithSettledReject() async throws -> World {
        let world = World()
        var knobs = World.Knobs()
        knobs.gates.rejected = nil
        try world.drop("a.csv", [World.line("A", "10"), World.line("B", "x")])
        try await world.run(knobs)
        let error = try #require(try world.errors().first)
        _ = try world.desk().dismiss([error.id], by: "ann", because: "seen")
        return world
    }

    private func kept(_ world: World) throws -> (value: String?, original: [UInt8]?, file: Int64?) {
        let ledger = try world.ledger()
        let error = try #require(try ledger.read { try $0.errors(in: nil).first })
        let delivery = try #require(try ledger.read { try $0.delivery(1) })
        return (error.verdict.reason?.value, error.verdict.original, try world.runner(ledger).spool.size(of: delivery.hash))
    }

    @Test func `S29 what tells of people goes sooner than the rest: files, and the bytes of settled rejects`() async throws {
        let world = try await worldWithSettledReject()
        let people = PersonalScope(flows: ["stock"], entities: ["stock"])
        world.clock.advance(by: .seconds(20 * 86_400))
        try world.runner(world.ledger()).expire(Self.settings([]), people: people)
        #expect(try kept(world).value != nil && kept(world).file != nil, "not yet")

        world.clock.advance(by: .seconds(20 * 86_400))
        try world.runner(world.ledger()).expire(Self.settings([]), people: people)

        let (value, original, file) = try kept(world)
        #expect(value == nil && original == nil && file == nil)
        #expect(try world.ledger().read { try $0.errors(in: nil).first?.verdict.reason?.code } != nil, "what was wrong is still known")
        #expect(try world.unbalanced.isEmpty)
    }

    @Test func `files and rejects of figures stay as long as files do, and a hold keeps everything`() async throws {
        let world = try await worldWithSettledReject()
        world.clock.advance(by: .seconds(40 * 86_400))
        try world.runner(world.ledger()).expire(Self.settings([]))
        #expect(try kept(world).value != nil && kept(world).file != nil)

        world.clock.advance(by: .seconds(900 * 86_400))
        try world.runner(world.ledger()).expire(Self.settings([("hold", "true")]), people: PersonalScope(flows: ["stock"], entities: ["stock"]))

        #expect(try kept(world).value != nil && kept(world).file != nil)
    }
}
