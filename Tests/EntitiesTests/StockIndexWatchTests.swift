import Domain
import MagentoSandbox
import Testing

@testable import Entities

/// A whole shop is looked at by its index first; only what looks wrong there is asked for one by one.
struct StockIndexWatchTests {
    private static func run(
        _ products: Int = 120, faults: [FaultRule] = [], _ body: (ApplierShop, StockSaleWatch, [RecordKey: EncodedValue]) async throws -> Void
    ) async throws {
        try await ApplierShop.run(products: products, faults: faults) { state in
            state.stocks = [InventoryStock(id: 2, name: "UK", websites: ["base"]), InventoryStock(id: 3, name: "Depot", websites: [])]
            state.links = [("main", 2), ("north", 3)].map { StockSourceLink(stockID: $0.1, source: $0.0, priority: 1) }
            for number in 0..<products {
                state.sourceItems.upsert(sku: ApplierShop.sku(number), source: "main", quantity: Quantity(7), isInStock: true)
            }
        } _: { shop in
            let held = (0..<products).map { (RecordKey(ApplierShop.sku($0)), shop.value(7)) }
            try await body(shop, StockSaleWatch(client: shop.client, sources: ["main", "north"]), Dictionary(uniqueKeysWithValues: held))
        }
    }

    private static func asked(_ shop: ApplierShop, _ route: String) -> Int {
        shop.shop.journal.entries.count { $0.event == .arrived && $0.path.contains(route) }
    }

    @Test func `C160 lost rows and deleted products are told apart by one dump and a question about what is missing in it`() async throws {
        try await Self.run { shop, watch, held in
            shop.shop.withState { state in
                for number in [3, 17] { state.stockIndex.lose(sku: ApplierShop.sku(number), stockID: 2) }
                state.catalogue.remove("P-050")
            }

            try await watch.begin(keys: held.count, of: held.count)
            let seen = try await watch.look(at: held)
            let questions = Self.asked(shop, "are-products-salable")
            try await watch.renew(seen.denied)
            let after = try await watch.look(at: held.filter { seen.denied.contains($0.key) })

            #expect(seen == SaleSighting(stocked: 119, denied: [RecordKey("P-003"), RecordKey("P-017")]))
            // Three are missing, and twenty more are asked for by chance.
            #expect(Self.asked(shop, "dump-stock-index-data") == 1 && questions == 1 + 2)
            #expect(after == SaleSighting(stocked: 2))
        }
    }

    @Test func `what open orders hold is no fault, though the dump has it on sale`() async throws {
        try await Self.run { shop, watch, held in
            let isPlaced = shop.shop.withState { state in
                (try? state.place(OrderDraft([.init("P-000", Quantity(7))]), now: 1_795_223_000)) != nil
            }

            try await watch.begin(keys: held.count, of: held.count)
            let seen = try await watch.look(at: held)

            #expect(isPlaced && seen == SaleSighting(stocked: 120, spokenFor: 1))
        }
    }

    @Test func `a reservation that no order holds any more is met by chance: some of what is in order is asked for`() async throws {
        try await Self.run { shop, watch, held in
            shop.shop.withState { state in
                for number in 0..<120 {
                    state.reservations.append(Reservation(stockID: 2, sku: ApplierShop.sku(number), quantity: Quantity(-7)))
                }
            }

            try await watch.begin(keys: held.count, of: held.count)

            #expect(try await watch.look(at: held).denied.count == 20)
        }
    }

    @Test(arguments: [(120, 1), (6000, 2), (100_000, 2), (1_000_000, 25)])
    func `questions by chance are few, however many products there are, and spread over all looks`(_ keys: Int, _ looks: Int) {
        for chance in stride(from: UInt16(0), through: .max, by: 4099) {
            var turns = StrayTurns(keys: keys, chance: chance)

            let due = stride(from: 0, to: keys, by: 500).map { turns.isDue(min(500, keys - $0)) }

            let places = due.indices.filter { due[$0] }
            #expect(places.count == looks, "by chance \(chance)")
            #expect(zip(places, places.dropFirst()).allSatisfy { ($1 - $0) * 500 <= keys / looks + 500 })
        }
    }

    @Test func `what lies nowhere that something is sold from is not asked for`() async throws {
        try await Self.run { shop, watch, held in
            var held = held.mapValues { _ in shop.value(0) }
            held[RecordKey("P-001")] = StockValue(levels: [StockLevel(source: "north", quantity: 4, isInStock: true)]).encoded

            try await watch.begin(keys: held.count, of: held.count)

            #expect(try await watch.look(at: held) == SaleSighting() && Self.asked(shop, "are-products-salable") == 0)
        }
    }

    @Test(arguments: [
        ShopAnswer.json(#"{"message":"Request does not match any route."}"#, status: 404),
        .json(
            #"{"message":"The consumer isn't authorized to access %resources.","parameters":{"resources":"Magento_InventoryApi::stock"}}"#,
            status: 401),
    ])
    func `without the dump each product is asked for, and a few products are always`(_ refusal: ShopAnswer) async throws {
        try await Self.run(faults: [FaultRule(.answer(refusal), path: "dump-stock-index-data")]) { shop, watch, held in
            shop.shop.withState { $0.stockIndex.lose(sku: "P-003", stockID: 2) }

            try await watch.begin(keys: held.count, of: held.count)
            let whole = try await watch.look(at: held)
            let dumps = Self.asked(shop, "dump-stock-index-data")
            try await watch.begin(keys: 20, of: 1_000_000)

            #expect(whole == SaleSighting(stocked: 120, denied: [RecordKey("P-003")]) && Self.asked(shop, "are-products-salable") == 12)
            #expect(dumps == 1 && Self.asked(shop, "dump-stock-index-data") == 1)
        }
    }
}
