import Domain
import Endpoints
import StateStore
import TestKit
import Testing

@testable import Engine

/// An older full file beside a newer one that waits for a person.
struct HeldAndOlderTests {
    private static let knobs: World.Knobs = {
        var knobs = World.Knobs()
        knobs.gates.toZero = 10
        knobs.gates.least = 1
        return knobs
    }()

    private static func world() async throws -> World {
        let world = World()
        for sku in ["A", "B"] { await world.shop.put(sku, quantity: 5) }
        let older = world.clock.timeline.now()
        world.clock.advance(by: .seconds(60))
        try world.drop("a-newer.csv", [World.line("A", "0"), World.line("B", "0")])
        try world.drop("b-older.csv", [World.line("A", "610"), World.line("B", "349")], at: older)
        return world
    }

    @Test func `an older full file beside a held one never has the last word after the approval`() async throws {
        let world = try await Self.world()
        let first = try await world.run(Self.knobs)
        let held = try #require(first.runs.first { $0.run.state == .held })
        #expect(await world.shop.quantities == ["A main": 610, "B main": 349])
        _ = try await world.desk().approve(held.run.id, of: world.flow(Self.knobs), by: "ann")

        #expect(await world.shop.quantities == ["A main": 0, "B main": 0])
        #expect(try world.unbalanced.isEmpty)
    }

    @Test func `a held plan that is discarded leaves the older file's values`() async throws {
        let world = try await Self.world()
        let first = try await world.run(Self.knobs)
        let held = try #require(first.runs.first { $0.run.state == .held })
        _ = try await world.desk().discard(held.run.id, by: "ann")
        try await world.run(Self.knobs)

        #expect(await world.shop.quantities == ["A main": 610, "B main": 349])
    }

    @Test(arguments: ["retry", "file by hand"])
    func `a held plan is drawn up anew after an older record was retried, or an older file was given by hand`(_ way: String) async throws {
        let world = World()
        var knobs = Self.knobs
        knobs.gates.rejected = nil
        for sku in ["A", "B"] { await world.shop.put(sku, quantity: 5) }
        let older = world.clock.timeline.now()
        try world.drop("older.csv", [World.line("A", "x"), World.line("B", "4")])
        try await world.run(knobs)
        try world.drop("newer.csv", [World.line("A", "0"), World.line("B", "0")])
        let held = try #require(try await world.run(knobs).runs.last)
        #expect(held.run.state == .held)
        if way == "retry" {
            let error = try #require(world.errors().first)
            try world.desk().edit(error.id, to: Array(World.line("A", "7").utf8), world.flow(knobs).profile, timeZone: "Europe/London", by: "ann")
            _ = try await world.desk().retry([error.id], of: world.flow(knobs), by: "ann")
        } else {
            let runner = try world.runner(world.ledger())
            let file = try runner.spool.hold(World.file([World.line("A", "7"), World.line("B", "4")]))
            _ = try await runner.run(
                world.flow(knobs), file: file, name: Array("given.csv".utf8), modified: older.adding(.seconds(90)), cause: "operator")
        }
        #expect(await world.shop.quantity("A") == 7)
        _ = try await world.desk().approve(held.run.id, of: world.flow(knobs), by: "ann")

        #expect(await world.shop.quantity("A") == 0)
        #expect(try world.ledger().read { try $0.recentRuns(limit: 9) }.allSatisfy { $0.state == .finished && $0.verdict == "done" })
    }

    @Test(arguments: [false, true])
    func `a held plan that is drawn up anew gives no record another one's number, and costs nobody a correction`(_ isCorrected: Bool) async throws {
        let world = World()
        var knobs = Self.knobs
        knobs.gates.rejected = nil
        for sku in ["A", "B"] { await world.shop.put(sku, quantity: 5) }
        let older = world.clock.timeline.now()
        world.clock.advance(by: .seconds(60))
        try world.drop("newer.csv", [World.line("A", "0"), World.line("B", "0"), World.line("C", "x")])
        let held = try #require(try await world.run(knobs).runs.last)
        let error = try #require(world.errors().first)
        let line = Array(World.line("C", "3").utf8)
        if isCorrected {
            try world.desk().edit(error.id, to: line, world.flow(knobs).profile, timeZone: "Europe/London", by: "ann")
        }
        let runner = try world.runner(world.ledger())
        let file = try runner.spool.hold(World.file([World.line("A", "7"), World.line("B", "4")]))
        _ = try await runner.run(world.flow(knobs), file: file, name: Array("given.csv".utf8), modified: older, cause: "operator")
        let between = try world.errors()
        #expect(isCorrected ? between.map(\.edited) == [line] : between.count == 1 && between[0].id > error.id, "\(between)")
        _ = try await world.desk().approve(held.run.id, of: world.flow(knobs), by: "ann")
        for run in try world.ledger().read({ try $0.recentRuns(limit: 9) }) where run.state == .held {
            _ = try await world.desk().approve(run.id, of: world.flow(knobs), by: "ann")
        }

        #expect(await world.shop.quantities == ["A main": 0, "B main": 0])
        #expect(try world.errors().map(\.edited) == [isCorrected ? line : nil])
        #expect(try world.unbalanced.isEmpty)
    }

    @Test(arguments: [false, true])
    func `A5 what another flow writes while a plan waits costs the newer file nothing, also where the program dies after the approval`(_ dies: Bool)
        async throws
    {
        let world = World()
        for sku in ["A", "B"] { await world.shop.put(sku, quantity: 5) }
        let older = world.clock.timeline.now()
        world.clock.advance(by: .seconds(60))
        try world.drop("newer.csv", [World.line("A", "0"), World.line("B", "0")])
        let held = try #require(try await world.run(Self.knobs).runs.first)
        #expect(held.run.state == .held)
        // The same products, told by a file of before.
        var other = try world.flow(Self.knobs)
        other.name = "depot"
        let runner = try world.runner(world.ledger())
        let file = try runner.spool.hold(World.file([World.line("A", "7"), World.line("C", "1")]))
        _ = try await runner.run(other, file: file, name: Array("older.csv".utf8), modified: older, cause: "operator")
        #expect(await world.shop.quantity("A") == 7)
        if dies {
            let boundary = Boundary { name, moment in
                guard name == "ledger.commit", moment == .before else { return }
                if try world.ledger().read({ try $0.recentRuns(limit: 9) }).contains(where: { $0.cause == FlowRunner.renewalCause }) { throw Died() }
            }
            let desk = OperatorDesk(
                runner: try world.runner(world.ledger(boundary: boundary)), digest: { _ in ContentHash(digest: Array(repeating: 1, count: 32)) })
            _ = try? await desk.approve(held.run.id, of: world.flow(Self.knobs, boundary: boundary), by: "ann")
        } else {
            _ = try await world.desk().approve(held.run.id, of: world.flow(Self.knobs), by: "ann")
        }
        for _ in 0..<2 { try await world.run(Self.knobs) }
        let runs = try world.ledger().read { try $0.recentRuns(limit: 9) }.filter { $0.flow == "stock" }
        for run in runs where run.state == .held { _ = try await world.desk().approve(run.id, of: world.flow(Self.knobs), by: "ann") }

        #expect(await world.shop.quantity("A") == 0)
        #expect(runs.count == 2 && runs.contains { $0.cause == FlowRunner.renewalCause }, "\(runs)")
        #expect(try world.unbalanced.isEmpty)
    }
}

private struct Died: Error {}
