import Domain
import Endpoints
import Entities
import StateStore
import TestKit
import Testing

@testable import Engine

struct StockRunTests {
    @Test func `a first file brings its figures to the shop and balances`() async throws {
        let world = World()
        try world.drop("a.csv", [World.line("A", "10", allocated: "3"), World.line("B", "5"), World.line("B", "4", warehouse: "NCL")])

        let report = try await world.run()

        #expect(report.state == .finished)
        #expect(report.tally == Tally(read: 3, counts: [.applied: 3]))
        #expect(await world.shop.quantities == ["A main": 7, "B main": 5, "B north": 4])
        #expect(try world.unbalanced.isEmpty)
    }

    @Test func `an unchanged figure is not sent again (C9)`() async throws {
        let world = World()
        try world.drop("a.csv", [World.line("A", "10"), World.line("B", "5")])
        try await world.run()
        try world.drop("b.csv", [World.line("A", "10"), World.line("B", "6")])

        let report = try await world.run()

        #expect(report.tally == Tally(read: 2, counts: [.applied: 1, .unchanged: 1]))
        #expect(await world.shop.writes.count == 3)
    }

    @Test func `values that the shop holds already are not sent, even the first time`() async throws {
        let world = World()
        await world.shop.put("A", quantity: 10)
        try world.drop("a.csv", [World.line("A", "10")])

        let report = try await world.run()

        #expect(report.tally == Tally(read: 1, counts: [.unchanged: 1]))
        #expect(await world.shop.writes.isEmpty)
    }

    @Test func `F33 the same bytes under another name are a duplicate (B1)`() async throws {
        let world = World()
        try world.drop("a.csv", [World.line("A", "10")])
        try await world.run()
        try world.drop("again.csv", [World.line("A", "10")])

        let report = try await world.run()

        #expect(report.tally == Tally(read: 1, counts: [.duplicate: 1]))
        #expect(await world.shop.writes.count == 1)
        #expect(try world.unbalanced.isEmpty)
    }

    @Test func `F33 content A, B, A applies A again (B2)`() async throws {
        let world = World()
        for quantity in ["10", "20", "10"] {
            try world.drop("stock.csv", [World.line("A", quantity)])
            try await world.run()
        }

        #expect(await world.shop.quantity("A") == 10)
        #expect(await world.shop.writes.map(\.value.levels.first?.quantity) == [10, 20, 10])
        #expect(try world.unbalanced.isEmpty)
    }

    @Test func `F33 the same bytes are no duplicate once a day has come that they name, and are one again after it`() async throws {
        let world = World()
        var knobs = World.Knobs()
        knobs.profile = World.datedProfile
        let lines = [
            "A,thing,LDS,10,0,0,1.00,24/11/2026 00:00", "B,thing,LDS,5,0,0,1.00,01/11/2026 00:00", "C,thing,LDS,7,0,0,1.00,26/11/2026 00:00",
        ]
        func runAgain(_ name: String, after days: Int64) async throws -> FlowReport {
            world.clock.advance(by: .seconds(days * 86_400))
            try world.drop(name, lines)
            return try await world.run(knobs)
        }
        try await #expect(runAgain("21.csv", after: 0).state == .finished)
        #expect(await world.shop.quantities == ["A main": 0, "B main": 5, "C main": 0])

        #expect(try await runAgain("22.csv", after: 1).tally == Tally(read: 3, counts: [.duplicate: 3]))
        #expect(try await runAgain("24.csv", after: 2).tally == Tally(read: 3, counts: [.applied: 1, .unchanged: 2]))
        #expect(await world.shop.quantities == ["A main": 10, "B main": 5, "C main": 0])
        #expect(try await runAgain("25.csv", after: 1).tally == Tally(read: 3, counts: [.duplicate: 3]), "the next day is the third product's")
        #expect(try await runAgain("27.csv", after: 2).tally == Tally(read: 3, counts: [.applied: 1, .unchanged: 2]))
        #expect(try await runAgain("28.csv", after: 1).tally == Tally(read: 3, counts: [.duplicate: 3]))
        #expect(await world.shop.quantities == ["A main": 10, "B main": 5, "C main": 7])
        #expect(try world.unbalanced.isEmpty)
    }

    @Test func `the same bytes under other settings are not a duplicate`() async throws {
        let world = World()
        try world.drop("a.csv", [World.line("A", "10")])
        try await world.run()
        try world.drop("b.csv", [World.line("A", "10")])
        var knobs = World.Knobs()
        knobs.buffer = SafetyBuffer(units: 2)
        knobs.fingerprint = "2"

        let report = try await world.run(knobs)

        #expect(report.tally == Tally(read: 1, counts: [.applied: 1]))
        #expect(await world.shop.quantity("A") == 8)
    }

    @Test func `F34 an older file that arrives late is superseded (B10)`() async throws {
        let world = World()
        let early = world.clock.timeline.now()
        try world.drop("new.csv", [World.line("A", "20")])
        try await world.run()
        try world.drop("late.csv", [World.line("A", "10"), World.line("GONE", "4")], at: early)

        let report = try await world.run()

        #expect(report.tally == Tally(read: 2, counts: [.superseded: 2]))
        #expect(await world.shop.quantity("GONE") == nil, "a product the newer file no longer has does not come back")
        #expect(await world.shop.quantity("A") == 20)
        #expect(try world.unbalanced.isEmpty)
    }

    @Test func `a backlog of snapshots applies the newest and supersedes the rest`() async throws {
        let world = World()
        for number in 1...5 { try world.drop("s\(number).csv", [World.line("A", "\(number)")]) }

        let report = try await world.run()

        #expect(report.runs.count == 5)
        #expect(await world.shop.writes.count == 1)
        #expect(await world.shop.quantity("A") == 5)
        #expect(report.runs.map { $0.tallies[0].tally[.superseded] }.reduce(0, +) == 4)
    }

    @Test func `a processed file is archived and the folder is left clean (B7)`() async throws {
        let world = World()
        try world.drop("a.csv", [World.line("A", "10")])

        try await world.run()

        #expect(world.names(in: "out").isEmpty)
        #expect(world.names(in: "archive").count == 1)
    }

    @Test func `a file that stays where it is is not read twice`() async throws {
        let world = World()
        var knobs = World.Knobs()
        knobs.after = .leave
        try world.drop("a.csv", [World.line("A", "10")])
        try await world.run(knobs)

        let report = try await world.run(knobs)

        #expect(report.runs.isEmpty)
        #expect(world.names(in: "out") == ["a.csv"])
    }

    @Test func `negative stock becomes zero and the buffer is kept back (C3, C146)`() async throws {
        let world = World()
        var knobs = World.Knobs()
        knobs.buffer = SafetyBuffer(units: 2, percent: 5)
        try world.drop("a.csv", [World.line("A", "-3"), World.line("B", "118", allocated: "12"), World.line("C", "1")])

        try await world.run(knobs)

        #expect(await world.shop.quantities == ["A main": 0, "B main": 98, "C main": 0])
    }

    @Test func `a delta file for one warehouse keeps the other one in the sum`() async throws {
        let world = World()
        var knobs = World.Knobs()
        knobs.warehouses = .aggregate(source: "main", included: nil, excluded: ["TRADE"])
        try world.drop("a.csv", [World.line("A", "10"), World.line("A", "4", warehouse: "NCL"), World.line("A", "9", warehouse: "TRADE")])
        try await world.run(knobs)
        knobs.profile = "generic/stock"
        knobs.mode = .delta

        try world.drop("b.csv", [World.line("A", "7")])
        let flow = try world.flow(knobs)
        #expect(await world.shop.quantity("A") == 14)
        #expect(flow.entities.count == 1)
    }

    @Test func `F74 a product that the shop has lost is asked for again, rejected with the reason, and taken when it is back`() async throws {
        let world = World()
        try world.drop("one.csv", [World.line("A", "5"), World.line("B", "5")])
        #expect(try await world.run().tally[.applied] == 2)
        await world.shop.forget("A")
        try world.drop("two.csv", [World.line("A", "6"), World.line("B", "6")])

        let report = try await world.run(.init(gates: .open))

        #expect(report.tally[.applied] == 1 && report.tally[.rejected] == 1)
        #expect(await world.shop.quantity("A") == 5)
        #expect(await world.shop.quantity("B") == 6, "nothing is written for what is not there")
        let error = try #require(try world.errors().first)
        #expect(error.verdict.key == RecordKey("A") && error.verdict.reason?.code == "SKU-UNKNOWN")
        await world.shop.accept("A")
        try world.drop("three.csv", [World.line("A", "7"), World.line("B", "6")])
        #expect(try await world.run().tally[.applied] == 1)
        #expect(await world.shop.quantity("A") == 7)
        #expect(try world.errors().isEmpty && world.unbalanced.isEmpty)
    }
}
