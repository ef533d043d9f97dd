import Domain
import Endpoints
import Entities
import StateStore
import TestKit
import Testing

@testable import Engine

/// What comes late, be it a file or a call's effect, changes only what nothing newer has told (decision 0085).
struct LateFilesTests {
    @Test func `F50 a call without an answer that lands over a newer value is made good once no such call can be under way`() async throws {
        let world = World()
        try world.drop("one.csv", [World.line("A", "10")])
        try await world.run()
        await world.shop.plan(.commitLate)
        try world.drop("two.csv", [World.line("A", "20")])
        try await world.run()
        try world.drop("three.csv", [World.line("A", "30")])
        try await world.run()
        #expect(await world.shop.quantity("A") == 30)

        try await world.shop.land()
        let early = try await world.run()
        world.clock.advance(by: .seconds(1260))
        let late = try await world.run()
        let calm = try await world.run()

        #expect(early.runs.isEmpty && calm.runs.isEmpty)
        #expect(late.runs.map(\.run.cause) == [FlowRunner.lateCause])
        #expect(await world.shop.quantity("A") == 30)
        #expect(try world.unbalanced.isEmpty)
    }

    @Test func `F50 a call without an answer that never lands is looked at once and nothing is sent`() async throws {
        let world = World()
        await world.shop.plan(.commitLate)
        try world.drop("one.csv", [World.line("A", "20")])
        try await world.run()
        try await world.run()
        let writes = await world.shop.writes.count
        world.clock.advance(by: .seconds(1260))

        let looked = try await world.run()

        #expect(writes == 1 && looked.runs.isEmpty)
        #expect(await world.shop.writes.count == 1)
        #expect(try !world.ledger().read { try $0.hasLateValues(flow: "stock") })
    }

    @Test func `F34 a late file of changes sets the keys that nothing newer has told, and no other`() async throws {
        let world = World()
        var knobs = World.Knobs()
        knobs.profile = World.deltaProfile
        try world.drop("one.csv", [World.line("A", "10"), World.line("B", "10"), World.line("C", "10")])
        try await world.run(knobs)
        let early = world.clock.timeline.now().adding(.seconds(10))
        // C is told again and is as it was: that, too, is newer than the late file.
        try world.drop("three.csv", [World.line("A", "30"), World.line("C", "10")])
        try await world.run(knobs)
        try world.drop("two.csv", [World.line("A", "20"), World.line("B", "20"), World.line("C", "20")], at: early)

        let late = try await world.run(knobs)

        #expect(late.tally == Tally(read: 3, counts: [.applied: 1, .superseded: 2]), "\(late.tally)")
        #expect(await world.shop.quantity("A") == 30)
        #expect(await world.shop.quantity("B") == 20)
        #expect(await world.shop.quantity("C") == 10)
        #expect(try world.unbalanced.isEmpty)
    }

    @Test func `F34 an older full file does not overtake a newer one that waits for the shop`() async throws {
        let world = World()
        try world.drop("one.csv", [World.line("A", "10")])
        try await world.run()
        let early = world.clock.timeline.now().adding(.seconds(10))
        await world.shop.plan(.unavailable)
        try world.drop("three.csv", [World.line("A", "30")])
        let waiting = try await world.run()
        await world.shop.plan(.unavailable)
        try world.drop("two.csv", [World.line("A", "20")], at: early)

        let older = try await world.run()
        try await world.run()

        #expect(waiting.state == .waiting)
        #expect(older.runs.last?.tallies.first?.tally == Tally(read: 1, counts: [.superseded: 1]))
        #expect(await world.shop.quantity("A") == 30)
        #expect(await world.shop.writes.map(\.value.levels[0].quantity) == [10, 30])
        #expect(try world.unbalanced.isEmpty)
    }
}
