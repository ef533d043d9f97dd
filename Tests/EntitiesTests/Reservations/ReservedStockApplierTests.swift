import Domain
import Magento
import MagentoSandbox
import TestKit
import Testing

@testable import Entities

/// What is written where orders move between the plan and the write.
struct ReservedStockApplierTests {
    private func applier(_ shop: SalesShop) -> ReservedStockApplier {
        let sources = ["main", "north"]
        return ReservedStockApplier(
            SourceItemsApplier(client: shop.client, sources: sources, timeline: shop.timeline), client: shop.client, sources: sources)
    }

    /// 20 to be sold and 5 of the order besides.
    private var change: Change {
        let value = StockValue(
            levels: [StockLevel(source: "main", quantity: 25, isInStock: true)],
            reserved: [StockReservation(order: "000000001", source: "main", quantity: 5)])
        return Change(id: 1, key: RecordKey("A"), before: value.encoded, after: value.encoded, version: UTCInstant(seconds: 0))
    }

    private func ship(_ quantity: Int64, _ shop: SalesShop) {
        shop.direct.withShop { state in
            let body = #"{"items":[{"order_item_id":1,"qty":\#(quantity)}],"arguments":{"extension_attributes":{"source_code":"main"}}}"#
            let request = ShopRequest(
                method: "POST", target: "/rest/V1/order/1/ship", host: "shop",
                headers: ["authorization": "Bearer t", "content-type": "application/json"], body: Array(body.utf8))
            #expect(state.handle(request, now: 1_795_223_500).answer.status == 200)
        }
    }

    private func held(_ shop: SalesShop) -> String? {
        shop.direct.withShop { $0.sourceItems.item(sku: "A", source: "main")?.quantity.number }
    }

    @Test func `C4 a quantity that was planned before is written although the ledger holds it already`() async throws {
        let shop = try SalesShop()

        let answers = try await applier(shop).apply([change])

        #expect(answers == [.applied(evidence: "200 [] from source-items")])
        #expect(held(shop) == "25")
    }

    @Test func `F73 C4 what staff ship while the stock is on its way is written less, and said so`() async throws {
        let shop = try SalesShop()
        ship(3, shop)

        let answer = try await applier(shop).apply([change])[0]

        guard case .adjusted(let bytes, let evidence) = answer else {
            Issue.record("\(answer)")
            return
        }
        #expect(held(shop) == "22")
        #expect(try StockValue(encoded: bytes).reserved == [StockReservation(order: "000000001", source: "main", quantity: 2)])
        #expect(evidence.contains("an order was shipped or cancelled meanwhile"))
    }

    @Test func `F73 E2 a despatch of goods that staff have shipped meanwhile is refused, and nothing is shipped twice`() async throws {
        let shop = try SalesShop()
        ship(4, shop)

        let despatch = SalesShop.despatch("1001", [("A", 5)])
        let answer = try await shop.applier().apply([SalesShop.change(despatch)])[0]

        guard case .rejected(let reason) = answer else {
            Issue.record("\(answer)")
            return
        }
        #expect("\(reason)".contains("1 of 5 ordered, 4 shipped"), "\(reason)")
        #expect(shop.shipments.map(\.quantity) == [Quantity(4)])
    }

    @Test func `F59 where the orders cannot be read nothing is written`() async throws {
        let shop = try SalesShop(prepare: { $0.access.adminTokens = [:] })
        shop.direct.withShop { $0.access.adminTokens = [:] }

        let answer = try await applier(shop).apply([change])[0]

        guard case .deferred = answer else {
            Issue.record("\(answer)")
            return
        }
        #expect(held(shop) == "100")
    }
}
