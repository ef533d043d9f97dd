import Domain
import StateStore
import TestKit
import Testing

@testable import Engine

/// What somebody else did to the shop's figures is found, all of it and nothing else (I3).
struct ReconcilerTests {
    private static let products = 5000

    @Test func `I3 a thousand values that drifted are found, none is invented, and the direction is named`() async throws {
        let world = try await World.applied(Self.products)
        var random = SeededRandom(seed: 11)
        var planted: [RecordKey: ExactDecimal] = [:]
        while planted.count < 1000 {
            let number = Int(random.next() % UInt64(Self.products))
            // Sold by hand, mostly: nine of ten are too low.
            let quantity = ExactDecimal(Int64(100 + number % 50)).adding(planted.count % 10 == 0 ? 3 : -4) ?? .zero
            if planted.updateValue(quantity, forKey: RecordKey("SKU-\(number)")) == nil { await world.shop.put("SKU-\(number)", quantity: quantity) }
        }

        let (found, differences) = try await world.compared()

        #expect(found.checked == Self.products && found.matched == 4000 && found.differing == 1000 && found.missing == 0)
        #expect(Set(differences.map(\.key)) == Set(planted.keys))
        let drift = try #require(found.drifts.first)
        #expect(found.drifts.count == 1 && drift.place == "main")
        #expect([drift.higher, drift.lower] == [100, 900] && drift.direction == .lower)
        #expect(drift.net == ExactDecimal(Int64(-3300)))
        #expect(await world.shop.writes.count == Self.products)
    }

    @Test func `a shop in which nothing moved matches`() async throws {
        let world = try await World.applied(Self.products)

        let (found, differences) = try await world.compared()

        #expect(found.matched == Self.products && found.checked == found.matched && differences.isEmpty && found.drifts.isEmpty)
    }

    @Test func `a sample looks at what was sent last and at an even spread`() async throws {
        let world = try await World.applied(Self.products)
        try world.drop("b.csv", (0..<Self.products).map { World.line("SKU-\($0)", $0 < 20 ? "7" : "\(100 + $0 % 50)") })
        try await world.run()
        for number in 0..<20 { await world.shop.put("SKU-\(number)", quantity: 1) }

        let (found, differences) = try await world.compared(.sample(100))

        // A key of both halves counts once.
        #expect((95...100).contains(found.checked) && found.differing == 20 && found.scope == "sample of 100")
        #expect(Set(differences.map(\.key)) == Set((0..<20).map { RecordKey("SKU-\($0)") }))
    }

    @Test func `what differs is put right by the next file once the mirror knows of it, and through its gates`() async throws {
        let world = try await World.applied(Self.products)
        await world.shop.put("SKU-7", quantity: 1)

        _ = try await world.compared(.all, .adopt)
        // The very same content: no duplicate, as the shop is known to differ.
        try world.drop("again.csv", (0..<Self.products).map { World.line("SKU-\($0)", "\(100 + $0 % 50)") })
        let report = try await world.run()

        #expect(report.tally == Tally(read: Self.products, counts: [.applied: 1, .unchanged: Self.products - 1]))
        #expect(report.runs.last?.plans.first?.summary.drifted == 1, "the run says how many of the changed had drifted")
        #expect(await world.shop.quantity("SKU-7") == 107)
        try world.drop("usual.csv", (0..<Self.products).map { World.line("SKU-\($0)", $0 == 7 ? "1" : "\(100 + $0 % 50)") })
        let usual = try await world.run().runs.last?.plans.first?.summary
        #expect(usual?.updates == 1 && usual?.drifted == 0, "it has been told of")
        let (after, _) = try await world.compared()
        #expect(after.matched == Self.products)
    }

    @Test func `C2 what the shop does not have any more is taken over too, and asked about as something new`() async throws {
        let world = try await World.applied(Self.products)
        await world.shop.remove("SKU-7")

        let (found, _) = try await world.compared(.all, .adopt)
        let (after, _) = try await world.compared()

        #expect(found.missing == 1 && after.missing == 0 && after.matched == Self.products - 1)
        #expect(try world.ledger().read { try $0.mirror(entity: "stock", key: RecordKey("SKU-7")) } == nil)
    }

    @Test func `without being told to, the mirror believes what it believed`() async throws {
        let world = try await World.applied(Self.products)
        await world.shop.put("SKU-7", quantity: 1)

        _ = try await world.compared()
        _ = try await world.compared()

        let kept = try world.ledger().read { try $0.reconciliations(flow: "stock", limit: 10) }
        #expect(kept.map(\.differing) == [1, 1] && kept.first?.drifts.first?.lower == 1)
    }
}
