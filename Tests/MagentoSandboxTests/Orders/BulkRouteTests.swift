import Testing

@testable import MagentoSandbox

struct BulkRouteTests {
    private func shop() -> ShopState {
        var state = ShopState.empty
        state.catalogue.add(sku: "A")
        return state
    }

    @Test func `F70 without a consumer a bulk stays open for ever, with one it is done in the order of its lines`() throws {
        var state = shop()
        let body =
            #"[{"sourceItems":[{"sku":"A","source_code":"main","quantity":1,"status":1}]},{"sourceItems":[{"sku":"A","source_code":"main","quantity":2,"status":1}]}]"#

        let accepted = state.ask("POST", "/rest/async/bulk/V1/inventory/source-items", body)
        let id = try #require(try JSONParser.parse(accepted.body)["bulk_uuid"]?.text)
        let open = state.ask("GET", "/rest/V1/bulk/\(id)/operation-status/4").text
        let before = state.sourceItems.item(sku: "A", source: "main")
        state.runConsumer(now: 1_795_224_100)

        #expect(accepted.status == 202)
        #expect(open == "2")
        #expect(before == nil)
        #expect(state.sourceItems.item(sku: "A", source: "main")?.quantity == Quantity(2))
        #expect(state.ask("GET", "/rest/V1/bulk/\(id)/operation-status/1").text == "2")
    }

    @Test func `one malformed operation refuses the whole bulk, a wrong source only its own`() throws {
        var state = shop()
        let bad = #"{"sourceItems":[{"sku":"A","source_code":"main","quantity":"many","status":1}]}"#
        let wrong = #"{"sourceItems":[{"sku":"A","source_code":"moon","quantity":1,"status":1}]}"#
        let good = #"{"sourceItems":[{"sku":"A","source_code":"main","quantity":1,"status":1}]}"#

        let refused = state.ask("POST", "/rest/async/bulk/V1/inventory/source-items", "[\(bad),\(good)]")
        let accepted = state.ask("POST", "/rest/async/bulk/V1/inventory/source-items", "[\(wrong),\(good)]")
        state.runConsumer(now: 1_795_224_100)

        #expect(refused.status == 400)
        #expect(accepted.status == 202)
        #expect(state.queue.bulks.map { $0.operations.map(\.status) } == [[.failed, .complete]])
    }

    @Test func `a customer's addresses stay unless a list is sent, and an e-mail is one customer's on a website`() throws {
        var state = shop()
        let address = #"{"firstname":"A","lastname":"B","street":["x"],"city":"y","country_id":"GB","postcode":"LS1","telephone":"1"}"#
        state.ask("POST", "/rest/V1/customers", #"{"customer":{"email":"a@b.uk","firstname":"A","lastname":"B","addresses":[\#(address)]}}"#)
        state.ask("PUT", "/rest/V1/customers/1", #"{"customer":{"group_id":4}}"#)
        let kept = state.customers[0].addresses.count
        state.ask("PUT", "/rest/V1/customers/1", #"{"customer":{"addresses":[]}}"#)
        let again = state.ask("POST", "/rest/V1/customers", #"{"customer":{"email":"A@B.uk","firstname":"A","lastname":"B"}}"#)

        #expect(kept == 1)
        #expect(state.customers[0].groupID == 4)
        #expect(state.customers[0].addresses.isEmpty)
        #expect(again.status == 400)
    }

    @Test func `an order from a seed is placed with its buyer, its payment and its bundle`() throws {
        let seed = """
            {"products": [{"sku": "A", "stock": {"main": 9}}, {"sku": "KIT", "type_id": "bundle"}],
             "orders": [{"increment_id": "W1", "customer": {"id": 7, "group": 4}, "payment": {"method": "purchaseorder", "po_number": "PO 7"},
                         "items": [{"sku": "KIT", "qty": 2, "parts": [{"sku": "A", "each": 2}]}], "state": "processing"}]}
            """

        let state = try SeedFile.read(Array(seed.utf8))

        let order = try #require(state.sales.order("W1"))
        #expect(order.lines.map(\.ordered) == [Quantity(2), Quantity(4)])
        #expect(order.payment.purchaseOrder == "PO 7")
        #expect(order.state == .processing)
        #expect(state.salableQuantity(sku: "A", stockID: 2) == Quantity(5))
    }
}
