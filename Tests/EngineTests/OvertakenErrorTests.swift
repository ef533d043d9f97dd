import Domain
import Endpoints
import StateStore
import TestKit
import Testing

@testable import Engine

/// A rejected record leaves the queue by itself only when what it would have said is out of date.
struct OvertakenErrorTests {
    private static func knobs(_ mode: FileMode = .full) -> World.Knobs {
        var knobs = World.Knobs()
        knobs.mode = mode
        knobs.gates.rejected = nil
        return knobs
    }

    private static func open(_ world: World) throws -> [String] {
        try world.ledger().read { try $0.errors() }.map { String(decoding: $0.verdict.key?.bytes ?? [], as: UTF8.self) }
    }

    @Test func `a rejected record leaves the queue when a newer file of the same flow applies its product`() async throws {
        let world = World()
        try world.drop("a.csv", [World.line("A", "1O"), World.line("B", "7")])
        try await world.run(Self.knobs())
        #expect(try Self.open(world) == ["A"])
        try world.drop("b.csv", [World.line("A", "10"), World.line("B", "7")])
        try await world.run(Self.knobs())

        #expect(try Self.open(world).isEmpty)
    }

    @Test func `a rejected record of one warehouse's file waits on when another warehouse's file applies the product`() async throws {
        let world = World()
        let moment = world.clock.timeline.now()
        try world.drop("a-leeds.csv", [World.line("A", "1O"), World.line("B", "7")], at: moment)
        try world.drop("b-newcastle.csv", [World.line("A", "3", warehouse: "NCL")], at: moment)
        try await world.run(Self.knobs())

        let north = await world.shop.quantities["A north"]
        #expect(north == 3)
        #expect(try Self.open(world) == ["A"])
    }

    @Test func `a rejected record waits on when an older file that comes late applies its product`() async throws {
        let world = World()
        let late = world.clock.timeline.now().adding(.seconds(30))
        world.clock.advance(by: .seconds(120))
        try world.drop("b.csv", [World.line("A", "1O"), World.line("B", "7")])
        try await world.run(Self.knobs(.delta))
        try world.drop("a.csv", [World.line("A", "4")], at: late)
        try await world.run(Self.knobs(.delta))

        #expect(try Self.open(world) == ["A"])
    }

    @Test func `a rejected record of one flow waits on when another flow applies the product`() async throws {
        let world = World()
        try world.drop("a.csv", [World.line("A", "1O"), World.line("B", "7")])
        try await world.run(Self.knobs())
        try world.drop("b.csv", [World.line("A", "10"), World.line("B", "7")])
        var other = try world.flow(Self.knobs())
        other.name = "stock of another depot"
        _ = try await world.runner(world.ledger()).run(other, cause: "schedule")

        #expect(try Self.open(world) == ["A"])
    }
}
