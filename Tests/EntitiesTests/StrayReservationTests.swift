import Domain
import MagentoSandbox
import Testing

@testable import Entities

/// What the shop reserves and no open order holds is found, all of it and nothing else.
struct StrayReservationTests {
    private static let now: Int64 = 1_795_223_000

    private static func run(
        _ products: Int = 40, faults: [FaultRule] = [], _ body: (ApplierShop, StockSaleWatch) async throws -> Void
    ) async throws {
        try await ApplierShop.run(products: products, faults: faults) { state in
            state.stocks = [InventoryStock(id: 2, name: "UK", websites: ["base"]), InventoryStock(id: 3, name: "Depot", websites: [])]
            state.links = [("main", 2), ("north", 2)].map { StockSourceLink(stockID: $0.1, source: $0.0, priority: 1) }
            for number in 0..<products {
                for source in ["main", "north"] {
                    state.sourceItems.upsert(sku: ApplierShop.sku(number), source: source, quantity: Quantity(Int64(5 + number % 3)), isInStock: true)
                }
            }
        } _: { shop in
            try await body(shop, StockSaleWatch(client: shop.client, sources: ["main", "north"]))
        }
    }

    private static func leave(_ quantity: Int64, of sku: String, in shop: ApplierShop) {
        shop.shop.withState { $0.reservations.append(Reservation(stockID: 2, sku: sku, quantity: Quantity(quantity))) }
    }

    private static func post(_ path: String, _ body: String, in shop: ApplierShop) -> Int {
        shop.shop.withState { state in
            state.access.adminTokens["staff"] = AdminToken(username: "admin", expires: .max)
            return state.handle(
                ShopRequest(
                    method: "POST", target: "/rest/V1/\(path)", host: "shop",
                    headers: ["authorization": "Bearer staff", "content-type": "application/json"], body: Array(body.utf8)),
                now: now + 60
            ).answer.status
        }
    }

    @Test func `open orders in every standing leave nothing stray`() async throws {
        try await Self.run { shop, watch in
            let isDone = shop.shop.withState { state -> Bool in
                do {
                    for number in 0..<4 {
                        try state.place(OrderDraft([.init("P-00\(number)", Quantity(3)), .init("P-010", Quantity(1))]), now: Self.now)
                    }
                    return true
                } catch { return false }
            }
            #expect(isDone)
            for (path, body) in [
                ("order/1/ship", #"{"items":[{"order_item_id":1,"qty":2}],"arguments":{"extension_attributes":{"source_code":"main"}}}"#),
                ("order/2/invoice", #"{"items":[{"order_item_id":3,"qty":3}]}"#), ("order/2/refund", #"{"items":[{"order_item_id":3,"qty":1}]}"#),
                ("orders/3/cancel", ""),
            ] { #expect(Self.post(path, body, in: shop) == 200, "\(path)") }

            let strays = try await watch.strayReservations()
            #expect(strays == [:])
        }
    }

    @Test func `each product with a reservation of no order is named with how much, also where too little is reserved`() async throws {
        try await Self.run { shop, watch in
            _ = shop.shop.withState { state in try? state.place(OrderDraft([.init("P-001", Quantity(3))]), now: Self.now) }
            Self.leave(-4, of: "P-002", in: shop)
            // Of the order's three, two are free although nothing was shipped.
            Self.leave(2, of: "p-001", in: shop)

            let strays = try await watch.strayReservations()

            #expect(strays == [RecordKey("P-001"): ExactDecimal(-2), RecordKey("P-002"): 4])
        }
    }

    @Test func `more pages than one are looked at, and a small page limit is learnt`() async throws {
        try await Self.run(40) { shop, watch in
            shop.shop.withState { $0.limits.maximumPageSize = 7 }
            for number in [0, 6, 7, 13, 39] { Self.leave(-1, of: ApplierShop.sku(number), in: shop) }

            let strays = try await watch.strayReservations()

            #expect(Set(strays?.keys.map(\.text) ?? []) == Set([0, 6, 7, 13, 39].map(ApplierShop.sku)))
        }
    }

    @Test func `a quantity that the shop keeps back of every product is no reservation`() async throws {
        try await Self.run { shop, watch in
            // Stores > Configuration > Catalog > Inventory: out-of-stock threshold 2.
            for number in 0..<40 { Self.leave(-2, of: ApplierShop.sku(number), in: shop) }
            Self.leave(-3, of: "P-004", in: shop)

            let strays = try await watch.strayReservations()
            #expect(strays == [RecordKey("P-004"): 3])
        }
    }

    @Test func `an order that comes in between the looks is not stray`() async throws {
        try await Self.run { shop, _ in
            Self.leave(-1, of: "P-006", in: shop)
            var isFirst = true
            // The quantities were read before it was placed, and the orders after.
            let look = StrayReservations(client: shop.client) {
                if isFirst { _ = shop.shop.withState { state in try? state.place(OrderDraft([.init("P-005", Quantity(1))]), now: Self.now) } }
                isFirst = false
                return [StockCircumstances.folded("P-005"): 1]
            }

            let strays = try await look.find()
            #expect(strays == [RecordKey("P-006"): 1])
        }
    }

    @Test(arguments: ["dump-stock-index-data", "export-stock-salable-qty"])
    func `where the shop does not tell, nothing is claimed`(_ route: String) async throws {
        let refusal = ShopAnswer.json(#"{"message":"Request does not match any route."}"#, status: 404)
        try await Self.run(faults: [FaultRule(.answer(refusal), path: route)]) { _, watch in
            let strays = try await watch.strayReservations()
            #expect(strays == nil)
        }
    }
}
