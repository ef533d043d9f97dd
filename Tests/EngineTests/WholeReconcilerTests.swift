import Domain
import StateStore
import Testing

@testable import Engine

/// A whole shop is compared by its pages; by name is asked only for what no page had.
struct WholeReconcilerTests {
    private static let products = 40

    @Test func `pages tell what differs, each key counts once, and nothing is asked for by name`() async throws {
        let world = try await World.applied(Self.products)
        await world.shop.put("SKU-7", quantity: 1)
        // Nobody's business here.
        await world.shop.put("OTHER", quantity: 5)
        await world.shop.listWhole()

        let (found, differences) = try await world.compared()

        #expect(found.checked == Self.products && found.matched == Self.products - 1 && found.differing == 1 && found.missing == 0)
        #expect(differences.map(\.key) == [RecordKey("SKU-7")] && found.drifts.first?.lower == 1)
        #expect(await world.shop.named.isEmpty)
    }

    @Test func `what no page had is asked for by name before it counts as missing`() async throws {
        let world = try await World.applied(Self.products)
        await world.shop.remove("SKU-3")
        await world.shop.put("SKU-5", quantity: 1)
        // It is there, and fell out of the pages: it was renamed meanwhile, or the shop sorts it elsewhere.
        await world.shop.listWhole(without: "SKU-4", "SKU-5")

        let (found, differences) = try await world.compared()

        #expect(found.checked == Self.products && found.differing == 1 && found.missing == 1)
        #expect(Set(differences.map(\.key)) == [RecordKey("SKU-3"), RecordKey("SKU-5")])
        #expect(await Set(world.shop.named) == [RecordKey("SKU-3"), RecordKey("SKU-4"), RecordKey("SKU-5")])
    }

    @Test func `a product that the shop spells in other letters is the same one`() async throws {
        let world = try await World.applied(Self.products)
        await world.shop.remove("SKU-9")
        await world.shop.put("sku-9", quantity: 109)
        await world.shop.listWhole()

        let (found, _) = try await world.compared()

        #expect(found.matched == Self.products)
        #expect(await world.shop.named.isEmpty)
    }

    @Test func `a sample is asked for by name`() async throws {
        let world = try await World.applied(Self.products)
        await world.shop.listWhole()

        let (found, _) = try await world.compared(.sample(10))

        #expect(found.checked <= 10)
        #expect(await world.shop.named.count == found.checked)
    }

    @Test func `what pages found is taken over, and the next file puts it right`() async throws {
        let world = try await World.applied(Self.products)
        await world.shop.put("SKU-7", quantity: 1)
        await world.shop.remove("SKU-8")
        await world.shop.listWhole()

        let (first, _) = try await world.compared(.all, .adopt)
        let (again, _) = try await world.compared(.all, .adopt)
        try world.drop("again.csv", (0..<Self.products).map { World.line("SKU-\($0)", "\(100 + $0)") })
        let report = try await world.run()

        #expect(first.differing == 1 && first.missing == 1)
        // The second finds nothing more to take over.
        #expect(again.matched == Self.products - 1 && again.checked == again.matched)
        #expect(report.tally[.applied] == 2)
        #expect(await world.shop.quantity("SKU-7") == 107)
    }

    @Test func `a shop that stops answering in the middle ends the comparison, and the next one is whole`() async throws {
        let world = try await World.applied(Self.products)
        await world.shop.listWhole()
        let boundary = Boundary { crossing, _ in
            if crossing == "shop.read-whole" { throw Diagnostic("SHOP-NO-ANSWER", "no answer came", fix: "look", kind: .transient) }
        }
        let reconciler = Reconciler(runner: try world.runner(world.ledger()))
        await #expect(throws: Diagnostic.self) {
            try await reconciler.reconcile(world.flow(World.Knobs(), boundary: boundary), scope: .all)
        }

        let (found, _) = try await world.compared()

        #expect(found.matched == Self.products)
    }
}
