import Domain
import StateStore
import TestKit
import Testing

@testable import Engine

/// A clock that says the same for a while, as coarse and slewed ones do: what came first is told by numbers and names, not by time
/// (reliability F98).
struct StandingClockTests {
    @Test func `F98 changes of one and the same moment are applied in the order of their names, and the last one lives`() async throws {
        let world = World()
        var knobs = World.Knobs()
        try world.drop("0.csv", [World.line("A", "1"), World.line("B", "1")])
        try await world.run(knobs)
        knobs.gates.rowDrop = nil
        let moment = world.clock.timeline.now()
        for (name, quantity) in [("3.csv", "9"), ("1.csv", "7"), ("2.csv", "8")] { try world.drop(name, [World.line("A", quantity)], at: moment) }

        let report = try await world.run(knobs)

        #expect(report.runs.map(\.run.state) == [.finished, .finished, .finished], "\(report.gates)")
        #expect(await world.shop.quantity("A") == 9)
        #expect(await world.shop.quantity("B") == 1)
        #expect(try world.unbalanced.isEmpty)
    }

    @Test func `F98 runs, outcomes and decisions of one moment keep their order by number`() async throws {
        let world = World()
        var knobs = World.Knobs()
        knobs.approval = .always
        try world.drop("a.csv", [World.line("A", "1")])
        let first = try await world.run(knobs)
        let desk = try world.desk()
        // No time passes between these.
        try desk.note("one", of: "x", by: "ann")
        _ = try await desk.discard(try #require(first.runs.first).run.id, by: "ann")
        try desk.note("three", of: "x", by: "ann")

        let audit = try world.ledger().read { try $0.audit(limit: 10) }

        #expect(audit.map(\.action) == ["three", "discard", "one"])
        #expect(Set(audit.map(\.at)).count == 1)
        #expect(zip(audit, audit.dropFirst()).allSatisfy { $0.previous == $1.hash })
    }

    @Test func `F98 a newer full file of the same moment overtakes the older one by its place in the folder, once`() async throws {
        let world = World()
        let moment = world.clock.timeline.now()
        try world.drop("a.csv", [World.line("A", "1")], at: moment)
        try world.drop("b.csv", [World.line("A", "2")], at: moment)

        let one = try await world.run()
        let two = try await world.run()

        #expect(await world.shop.quantity("A") == 2, "\(one.runs.map(\.run.state))")
        #expect(two.runs.isEmpty)
        #expect(try world.unbalanced.isEmpty)
    }
}
