import Domain
import Entities
import Foundation
import StateStore
import Testing

@testable import Engine

struct FaultyFileTests {
    @Test func `a bad row costs that row only, and keeps its bytes`() async throws {
        let world = World()
        let bad = World.line("B", "12O")
        try world.drop("a.csv", [World.line("A", "10"), bad, World.line("C", "3")])
        var knobs = World.Knobs()
        knobs.gates.rejected = 50

        let report = try await world.run(knobs)

        #expect(report.tally == Tally(read: 3, counts: [.applied: 2, .rejected: 1]))
        let error = try #require(world.errors().first)
        #expect(error.verdict.origin.line == 3)
        #expect(error.verdict.key == RecordKey("B"))
        #expect(error.verdict.original == Array((bad + "\r\n").utf8))
        #expect(error.verdict.reason?.column == "on_hand")
        #expect(try world.unbalanced.isEmpty)
    }

    @Test func `F56 a product the shop does not have is rejected by us`() async throws {
        let world = World()
        await world.shop.forget("B")
        try world.drop("a.csv", [World.line("A", "10"), World.line("B", "5")])

        let report = try await world.run()

        #expect(report.tally == Tally(read: 2, counts: [.applied: 1, .rejected: 1]))
        #expect(try world.errors().first?.verdict.reason?.code == "SKU-UNKNOWN")
        #expect(await world.shop.quantity("B") == nil)
    }

    @Test func `F37 a new warehouse code rejects its rows and spoils the product's sum`() async throws {
        let world = World()
        var knobs = World.Knobs()
        knobs.gates.rejected = nil
        try world.drop("a.csv", [World.line("A", "10"), World.line("A", "5", warehouse: "NEW"), World.line("B", "1")])

        let report = try await world.run(knobs)

        #expect(report.tally == Tally(read: 3, counts: [.applied: 1, .rejected: 2]))
        #expect(Set(try world.errors().compactMap(\.verdict.reason?.code)) == ["WAREHOUSE-UNKNOWN", "KEY-INCOMPLETE"])
        #expect(await world.shop.quantity("A") == nil)
    }

    @Test(arguments: [
        (StockDefinition.DuplicatePolicy.last, ExactDecimal(4), [Outcome.applied: 1, .superseded: 1]),
        (.first, 10, [.applied: 1, .superseded: 1]),
        (.sum, 14, [.applied: 2]),
    ])
    func `F45 a product twice in one file follows the policy and the counts close`(
        policy: StockDefinition.DuplicatePolicy, quantity: ExactDecimal, counts: [Outcome: Int]
    ) async throws {
        let world = World()
        var knobs = World.Knobs()
        knobs.duplicates = policy
        try world.drop("a.csv", [World.line("A", "10"), World.line("A", "4")])

        let report = try await world.run(knobs)

        #expect(report.tally == Tally(read: 2, counts: counts))
        #expect(await world.shop.quantity("A") == quantity)
        #expect(try world.unbalanced.isEmpty)
    }

    @Test func `F45 the policy reject rejects both rows`() async throws {
        let world = World()
        var knobs = World.Knobs()
        knobs.duplicates = .reject
        knobs.gates.rejected = nil
        try world.drop("a.csv", [World.line("A", "10"), World.line("A", "4")])

        let report = try await world.run(knobs)

        #expect(report.tally == Tally(read: 2, counts: [.rejected: 2]))
        #expect(await world.shop.writes.isEmpty)
    }

    @Test(arguments: [("abc", "ABC"), ("A-1", "A-1 "), ("caf\u{E9}", "cafe\u{301}")])
    func `F44 codes that the shop would merge are both rejected (C8)`(first: String, second: String) async throws {
        let world = World()
        var knobs = World.Knobs()
        knobs.gates.rejected = nil
        try world.drop("a.csv", [World.line(first, "10"), "\"\(second)\",x,LDS,4,0,0,1.00,21/11/2026 06:00"])

        let report = try await world.run(knobs)

        #expect(report.tally.read == 2)
        #expect(report.tally[.rejected] == 2)
        #expect(await world.shop.writes.isEmpty)
    }

    @Test func `F44 leading zeros make another product`() async throws {
        let world = World()
        try world.drop("a.csv", [World.line("00472", "10"), World.line("472", "4")])

        try await world.run()

        #expect(await world.shop.quantities == ["00472 main": 10, "472 main": 4])
    }

    @Test(arguments: [[UInt8](), Array("\u{FEFF}".utf8), Array((World.header + "\r\n").utf8)])
    func `F31 an empty, mark-only or header-only file has no effect`(bytes: [UInt8]) async throws {
        let world = World()
        try world.drop("a.csv", [World.line("A", "10")])
        try await world.run()
        try world.drop("b.csv", bytes: bytes)

        let report = try await world.run()

        #expect(report.state == .held || report.state == .failed)
        #expect(await world.shop.writes.count == 1)
        #expect(try world.unbalanced.isEmpty)
    }

    @Test func `F35 another feed's file in the folder is refused, naming the column`() async throws {
        let world = World()
        try world.drop("prices.csv", bytes: Array("sku,list,price\r\nA,TRADE,1.00\r\n".utf8))

        let report = try await world.run()

        #expect(report.state == .failed)
        #expect(report.runs[0].trouble?.summary.contains("warehouse") == true || report.runs[0].trouble?.summary.contains("on_hand") == true)
        #expect(await world.shop.writes.isEmpty)
    }

    @Test func `F36 all quantities zero is held and shows what it would do`() async throws {
        let world = World()
        let skus = (1...10).map { "S\($0)" }
        try world.drop("a.csv", skus.map { World.line($0, "5") })
        try await world.run()
        try world.drop("b.csv", skus.map { World.line($0, "0") })

        let report = try await world.run()

        #expect(report.state == .held)
        #expect(report.gates == ["to_zero"])
        #expect(report.tally == Tally(read: 10, counts: [.deferred: 10]))
        #expect(await world.shop.writes.count == 10)
    }

    @Test func `F36 a hundredth of the rows is held`() async throws {
        let world = World()
        try world.drop("a.csv", (1...100).map { World.line("S\($0)", "5") })
        try await world.run()
        try world.drop("b.csv", [World.line("S1", "4")])

        let report = try await world.run()

        #expect(report.state == .held)
        #expect(report.gates == ["row_drop"])
        #expect(await world.shop.quantity("S1") == 5)
    }

    @Test func `F37 a renamed column holds or refuses the file, naming it (B6)`() async throws {
        let world = World()
        try world.drop("a.csv", [World.line("A", "10")])
        try await world.run()
        let renamed = World.header.replacingOccurrences(of: "on_order", with: "due_in")
        try world.drop("b.csv", bytes: Array("\(renamed)\r\n\(World.line("A", "11"))\r\n".utf8))

        let report = try await world.run()

        #expect(report.state == .held)
        #expect(report.gates == ["header"])
        #expect(report.runs[0].plans[0].findings[0].text.contains("due_in"))
        #expect(await world.shop.quantity("A") == 10)
    }

    @Test func `a product missing from a full file stays, unless the file is proven and the policy says zero (B5)`() async throws {
        for (policy, expected) in [(StockDefinition.MissingPolicy.unchanged, Run.State.finished), (.zero, .held), (.hold, .held)] {
            let world = World()
            var knobs = World.Knobs()
            knobs.missing = policy
            knobs.gates.toZero = nil
            knobs.gates.rowDrop = nil
            try world.drop("a.csv", [World.line("A", "10"), World.line("B", "5")])
            try await world.run(knobs)
            try world.drop("b.csv", [World.line("A", "10")])

            let report = try await world.run(knobs)

            #expect(report.state == expected, "\(policy)")
            #expect(await world.shop.quantity("B") == 5, "\(policy)")
            #expect(try world.unbalanced.isEmpty)
        }
    }

    @Test func `F32 a file cut at any byte never zeroes a product nor halves a figure`() async throws {
        let lines = (1...6).map { World.line("SKU-\($0)", "10\($0)", allocated: "\($0)") }
        let whole = World.file(lines)
        var applied = 0
        for cut in 0..<whole.count {
            let world = World()
            var knobs = World.Knobs()
            knobs.missing = .zero
            for number in 1...6 { await world.shop.put("SKU-\(number)", quantity: 77) }
            try world.drop("cut.csv", bytes: Array(whole[..<cut]))

            let report = try await world.run(knobs)

            for (name, quantity) in await world.shop.quantities {
                let number = try #require(Int64(name.split(separator: " ")[0].dropFirst(4)))
                #expect(quantity == 77 || quantity == ExactDecimal(100 + number - number), "cut at \(cut): \(name) is \(quantity)")
            }
            applied += report.tally[.applied]
            #expect(try world.unbalanced.isEmpty)
        }
        // Without the gates and the proof of a last line end, most cuts would have applied something wrong.
        #expect(applied <= 6)
    }
}
