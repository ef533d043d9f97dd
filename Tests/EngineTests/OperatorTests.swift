import Domain
import Entities
import Foundation
import StateStore
import Testing

@testable import Engine

struct OperatorTests {
    private func heldWorld() async throws -> (World, Int64) {
        let world = World()
        try world.drop("a.csv", (1...10).map { World.line("S\($0)", "5") })
        try await world.run()
        try world.drop("b.csv", (1...10).map { World.line("S\($0)", "0") })
        let report = try await world.run()
        return (world, try #require(report.runs.first?.run.id))
    }

    @Test func `an approved plan is applied as it was shown, and the approval is on record (J3)`() async throws {
        let (world, run) = try await heldWorld()

        let report = try await world.desk().approve(run, of: world.flow(World.Knobs()), by: "ann")

        #expect(report.run.state == .finished)
        #expect(report.tallies[0].tally == Tally(read: 10, counts: [.applied: 10]))
        #expect(await world.shop.quantity("S1") == 0)
        let audit = try world.ledger().read { try $0.audit(limit: 10) }
        #expect(audit.map(\.action) == ["approve"])
        #expect(audit.map(\.who) == ["ann"])
    }

    @Test func `pressing approve twice is pressing it once (J4)`() async throws {
        let (world, run) = try await heldWorld()
        _ = try await world.desk().approve(run, of: world.flow(World.Knobs()), by: "ann")
        let writes = await world.shop.writes.count

        await #expect(throws: Diagnostic.self) {
            try await world.desk().approve(run, of: world.flow(World.Knobs()), by: "ann")
        }

        #expect(await world.shop.writes.count == writes)
    }

    @Test func `a discarded plan never reaches the shop and its books close`() async throws {
        let (world, run) = try await heldWorld()

        let report = try await world.desk().discard(run, by: "ann")

        #expect(report.run.state == .discarded)
        #expect(report.tallies[0].tally == Tally(read: 10, counts: [.superseded: 10]))
        #expect(await world.shop.quantity("S1") == 5)
        #expect(try world.unbalanced.isEmpty)
    }

    @Test func `a mended record is retried through the same pipeline and leaves the queue`() async throws {
        let world = World()
        var knobs = World.Knobs()
        knobs.gates.rejected = nil
        try world.drop("a.csv", [World.line("A", "10"), World.line("B", "12O")])
        try await world.run(knobs)
        let error = try #require(world.errors().first)
        let desk = try world.desk()
        try desk.edit(error.id, to: Array(World.line("B", "120").utf8), world.flow(knobs).profile, timeZone: "Europe/London", by: "ann")

        let reports = try await desk.retry([error.id], of: world.flow(knobs), by: "ann")

        #expect(reports.map { $0.tallies[0].tally } == [Tally(read: 1, counts: [.applied: 1])])
        #expect(await world.shop.quantity("B") == 120)
        #expect(try world.errors().isEmpty)
        #expect(try world.unbalanced.isEmpty)
    }

    @Test func `a correction that is saved while its record is about to be retried is not lost`() async throws {
        let world = World()
        var knobs = World.Knobs()
        knobs.gates.rejected = nil
        try world.drop("a.csv", [World.line("A", "10"), World.line("B", "12O")])
        try await world.run(knobs)
        let error = try #require(world.errors().first)
        let profile = try world.flow(knobs).profile
        // Somebody else saves when the file of the retry has been made.
        let boundary = Boundary { name, moment in
            guard name == "ledger.commit", moment == .afterEffect, try world.errors().first?.edited == nil,
                try world.ledger().read({ try $0.delivery(2) })?.origin == .retry
            else { return }
            try world.desk().edit(error.id, to: Array(World.line("B", "120").utf8), profile, timeZone: "Europe/London", by: "bob")
        }
        let desk = OperatorDesk(runner: try world.runner(world.ledger(boundary: boundary))) { _ in ContentHash(digest: Array(repeating: 1, count: 32))
        }
        let failure = await #expect(throws: Diagnostic.self) { try await desk.retry([error.id], of: world.flow(knobs), by: "ann") }
        #expect(failure?.code == "ERROR-EDITED" && failure?.kind == .transient)
        _ = try await world.desk().retry([error.id], of: world.flow(knobs), by: "ann")

        #expect(await world.shop.quantity("B") == 120)
        #expect(try world.errors().isEmpty && world.unbalanced.isEmpty)
    }

    @Test(arguments: [
        "B,thing,LDS", "B,thing,LDS,12O,0,0,1.00,21/11/2026 06:00", "B", ",thing,LDS,12,0,0,1.00,",
        "\(World.line("B", "1"))\r\n\(World.line("C", "1"))",
    ])
    func `a corrected line that could not be read either is refused, and the record's line stays`(_ line: String) async throws {
        let world = World()
        var knobs = World.Knobs()
        knobs.gates.rejected = nil
        try world.drop("a.csv", [World.line("A", "10"), World.line("B", "x")])
        try await world.run(knobs)
        let error = try #require(world.errors().first)

        #expect {
            try world.desk().edit(error.id, to: Array(line.utf8), world.flow(knobs).profile, timeZone: "Europe/London", by: "ann")
        } throws: {
            ($0 as? Diagnostic)?.code == "EDIT-LINE"
        }
        #expect(try world.errors().first?.edited == nil)
    }

    @Test func `the same record rejected again waits once, and keeps what was edited`() async throws {
        let world = World()
        var knobs = World.Knobs()
        knobs.gates.rejected = nil
        try world.drop("a.csv", [World.line("A", "10"), World.line("B", "x"), World.line("C", "y")])
        try await world.run(knobs)
        let error = try #require(world.errors().first)
        try world.desk().edit(error.id, to: Array(World.line("B", "12").utf8), world.flow(knobs).profile, timeZone: "Europe/London", by: "ann")
        try world.drop("b.csv", [World.line("A", "11"), World.line("B", "x"), World.line("C", "z")])
        let preview = try await world.runner(world.ledger()).preview(world.flow(knobs))
        let between = try world.errors()
        try await world.run(knobs)

        let waiting = try world.errors()
        #expect(preview.run?.run.state == .previewed && between.map(\.id) == [1, 2], "a look replaces nothing")
        #expect(waiting.map { $0.verdict.key } == [RecordKey("C"), RecordKey("B"), RecordKey("C")], "C says something else now: \(waiting)")
        #expect(waiting.map(\.run).max() == waiting.first { $0.verdict.key == RecordKey("B") }?.run)
        #expect(waiting.first { $0.verdict.key == RecordKey("B") }?.edited == Array(World.line("B", "12").utf8))
        #expect(try world.unbalanced.isEmpty)
    }

    @Test func `dismissing what is not there fails and dismisses nothing`() async throws {
        let world = World()
        try world.drop("a.csv", [World.line("A", "10"), World.line("B", "x")])
        try await world.run()

        #expect { try world.desk().dismiss([1, 999], by: "ann", because: "-") } throws: { ($0 as? Diagnostic)?.code == "ERROR-UNKNOWN" }
        #expect(try world.errors().count == 1)
        #expect(try world.desk().dismiss([1], by: "ann", because: "-") == 1)
        #expect { try world.desk().dismiss([1], by: "ann", because: "-") } throws: { ($0 as? Diagnostic)?.code == "ERROR-CLOSED" }
    }

    @Test func `a product's rows are retried together`() async throws {
        let world = World()
        var knobs = World.Knobs()
        knobs.warehouses = .aggregate(source: "main", included: nil, excluded: [])
        knobs.gates.rejected = nil
        try world.drop("a.csv", [World.line("A", "10"), World.line("A", "x", warehouse: "NCL")])
        try await world.run(knobs)
        let errors = try world.errors()
        #expect(errors.count == 2)
        let broken = try #require(errors.first { $0.verdict.reason?.code != "KEY-INCOMPLETE" })
        let desk = try world.desk()
        try desk.edit(
            broken.id, to: Array(World.line("A", "4", warehouse: "NCL").utf8), world.flow(knobs).profile, timeZone: "Europe/London", by: "ann")

        let reports = try await desk.retry([broken.id], of: world.flow(knobs), by: "ann")

        #expect(reports.map { $0.tallies[0].tally } == [Tally(read: 2, counts: [.applied: 2])])
        #expect(await world.shop.quantity("A") == 14)
    }

    @Test func `a retry never puts an older figure over a newer one`() async throws {
        let world = World()
        var knobs = World.Knobs()
        knobs.gates.rejected = nil
        try world.drop("a.csv", [World.line("A", "10"), World.line("B", "x")])
        try await world.run(knobs)
        let error = try #require(world.errors().first)
        try world.drop("b.csv", [World.line("A", "10"), World.line("B", "50")])
        try await world.run(knobs)
        let stillOpen = try world.errors()
        #expect(stillOpen.isEmpty, "a newer file that applied the product closes its errors")

        await #expect(throws: Diagnostic.self) {
            try await world.desk().retry([error.id], of: world.flow(knobs), by: "ann")
        }

        #expect(await world.shop.quantity("B") == 50)
    }

    @Test func `why names file, line, bytes, formula, run and time`() async throws {
        let world = World()
        var knobs = World.Knobs()
        knobs.buffer = SafetyBuffer(units: 2)
        try world.drop("STOCK_1.csv", [World.line("A", "10", allocated: "3"), World.line("B", "1")])
        try await world.run(knobs)
        let flow = try world.flow(knobs)

        let answer = try world.runner(world.ledger()).explain(RecordKey("A"), entity: flow.entities[0].definition)

        let step = try #require(answer.steps.first)
        #expect(answer.current == "main 5")
        #expect(step.fileName == "STOCK_1.csv")
        #expect(step.records.map(\.origin.line) == [2])
        #expect(step.records.first?.bytes == Array((World.line("A", "10", allocated: "3") + "\r\n").utf8))
        #expect(step.change.evidence == "main: LDS 10 - 3 = 7, buffer 2 = 2 → 5")
        #expect(step.change.answered != nil)
    }

    @Test func `a preview sends nothing, moves nothing and says what a run would do (J1)`() async throws {
        let world = World()
        try world.drop("a.csv", [World.line("A", "10"), World.line("B", "1")])
        let runner = try world.runner(world.ledger())

        let preview = try await runner.preview(world.flow(World.Knobs()))

        #expect(preview.run?.run.state == .previewed)
        #expect(preview.run?.plans.first?.summary.creates == 2)
        #expect(await world.shop.writes.isEmpty)
        #expect(world.names(in: "out") == ["a.csv"])
        let report = try await world.run()
        #expect(report.tally == Tally(read: 2, counts: [.applied: 2]))
    }
}
