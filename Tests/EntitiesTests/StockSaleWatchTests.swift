import Domain
import MagentoSandbox
import Testing

@testable import Entities

/// What stands at its source and sells to nobody.
struct StockSaleWatchTests {
    private static func run(_ products: Int = 3, _ body: (ApplierShop, StockSaleWatch, [RecordKey: EncodedValue]) async throws -> Void) async throws {
        try await ApplierShop.run(products: products) { state in
            state.stocks = [InventoryStock(id: 2, name: "UK", websites: ["base"]), InventoryStock(id: 3, name: "Depot", websites: [])]
            state.links = [("main", 2), ("north", 2), ("north", 3)].map { StockSourceLink(stockID: $0.1, source: $0.0, priority: 1) }
            for number in 0..<products {
                state.sourceItems.upsert(sku: ApplierShop.sku(number), source: "main", quantity: Quantity(7), isInStock: true)
                state.sourceItems.upsert(sku: ApplierShop.sku(number), source: "north", quantity: Quantity(2), isInStock: true)
            }
        } _: { shop in
            let held = (0..<products).map { (RecordKey(ApplierShop.sku($0)), shop.value(7, 2)) }
            try await body(shop, StockSaleWatch(client: shop.client, sources: ["main", "north"]), Dictionary(uniqueKeysWithValues: held))
        }
    }

    @Test func `C160 what the index has lost is denied and is on sale again after it was sent once more, with every figure as it was`() async throws {
        try await Self.run(25) { shop, watch, held in
            shop.shop.withState { state in for number in [3, 17] { state.stockIndex.lose(sku: ApplierShop.sku(number), stockID: 2) } }

            let seen = try await watch.look(at: held)
            try await watch.renew(seen.denied)
            let after = try await watch.look(at: held)

            #expect(seen == SaleSighting(stocked: 25, denied: [RecordKey("P-003"), RecordKey("P-017")]))
            #expect(after == SaleSighting(stocked: 25) && shop.posts == 1)
            #expect(shop.quantity("P-003") == "7" && shop.quantity("P-003", "north") == "2")
        }
    }

    @Test func `where the shop indexes by its queue a product is denied until the consumer has run`() async throws {
        try await Self.run { shop, watch, held in
            shop.shop.withState { state in
                state.stockIndex.strategy = .async
                state.stockIndex.lose(sku: "P-001", stockID: 2)
            }

            try await watch.renew([RecordKey("P-001")])
            let early = try await watch.look(at: held)
            shop.shop.withState { $0.stockIndex.consume() }
            let late = try await watch.look(at: held)

            #expect(early.denied == [RecordKey("P-001")] && late.denied.isEmpty)
        }
    }

    /// A leftover reservation belongs to no order: nothing but the shop's own repair helps, and it is told.
    @Test func `what open orders hold is no fault, and what a leftover reservation holds is`() async throws {
        try await Self.run { shop, watch, held in
            let isPlaced = shop.shop.withState { state in
                state.reservations.append(Reservation(stockID: 2, sku: "P-001", quantity: Quantity(-9)))
                return (try? state.place(OrderDraft([.init("P-000", Quantity(9))]), now: 1_795_223_000)) != nil
            }

            let seen = try await watch.look(at: held)
            try await watch.renew(seen.denied)

            #expect(isPlaced && seen == SaleSighting(stocked: 3, spokenFor: 1, denied: [RecordKey("P-001")]))
            #expect(try await watch.look(at: held).denied == [RecordKey("P-001")])
        }
    }

    /// The ERP has sold over its counter what the shop had sold before.
    @Test func `C169 what open orders hold beyond the sources is told, unless the shop sells it below nothing`() async throws {
        try await Self.run(4) { shop, watch, _ in
            let placed = shop.shop.withState { state in
                [("P-000", 9), ("P-001", 9), ("P-002", 3), ("P-003", 9)].allSatisfy { sku, quantity in
                    (try? state.place(OrderDraft([.init(sku, Quantity(Int64(quantity)))]), now: 1_795_223_000)) != nil
                }
            }
            shop.shop.withState { state in
                for (sku, main) in [("P-000", 4), ("P-001", 0), ("P-003", 1)] {
                    for source in ["main", "north"] {
                        state.sourceItems.upsert(sku: sku, source: source, quantity: Quantity(Int64(source == "main" ? main : 0)), isInStock: true)
                    }
                }
                state.stockIndex.allowBackorders(of: "P-003")
            }

            let oversold = try await watch.oversold()

            #expect(placed && oversold == [RecordKey("P-000"): 5, RecordKey("P-001"): 9])
        }
    }

    @Test func `only what lies in stock at a source that sells is asked for, in the catalogue's spelling`() async throws {
        try await Self.run(6) { shop, watch, held in
            shop.shop.withState { state in
                for number in 0..<6 { state.stockIndex.lose(sku: ApplierShop.sku(number), stockID: 2) }
                for (sku, inStock) in [("P-001", true), ("P-002", false)] {
                    for source in ["main", "north"] {
                        state.sourceItems.upsert(sku: sku, source: source, quantity: Quantity(inStock ? 0 : 7), isInStock: inStock)
                    }
                }
                state.catalogue.remove("P-003")
            }
            var held = held
            held[RecordKey("P-004")] = shop.value(0)
            held[RecordKey("p-005")] = held.removeValue(forKey: RecordKey("P-005"))

            let seen = try await watch.look(at: held)

            #expect(seen == SaleSighting(stocked: 2, denied: [RecordKey("P-000"), RecordKey("p-005")]))
        }
    }

    @Test func `a shop that does not take what is sent once more is told`() async throws {
        try await Self.run { shop, watch, _ in
            shop.shop.add(FaultRule(.answer(.maintenance), method: "POST", path: "source-items", hits: 1...9))

            let refused = await #expect(throws: Diagnostic.self) { try await watch.renew([RecordKey("P-000")]) }

            #expect(refused?.code == "SHOP-MAINTENANCE", "\(String(describing: refused))")
        }
    }
}
