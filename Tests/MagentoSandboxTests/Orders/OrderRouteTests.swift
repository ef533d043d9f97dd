import Testing

@testable import MagentoSandbox

struct OrderRouteTests {
    private var shop: ShopState = {
        var state = ShopState.empty
        for (sku, quantity) in [("A", 10), ("B", 5)] as [(String, Int64)] {
            state.catalogue.add(sku: sku, price: Money(pence: 1250))
            state.sourceItems.upsert(sku: sku, source: "main", quantity: Quantity(quantity), isInStock: true)
        }
        return state
    }()

    @discardableResult
    private func place(_ state: inout ShopState, _ lines: [OrderDraft.Line]) throws -> SalesOrder {
        try state.place(OrderDraft(lines), now: 1_795_224_000)
    }

    @Test func `an order reserves its goods, a shipment takes them from the source and frees the reservation`() throws {
        var state = shop

        let order = try place(&state, [.init("A", Quantity(3))])
        let reserved = state.salableQuantity(sku: "A", stockID: 2)
        let answer = state.ask(
            "POST", "/rest/V1/order/\(order.id)/ship",
            #"{"items":[{"order_item_id":\#(order.lines[0].id),"qty":2}],"arguments":{"extension_attributes":{"source_code":"main"}}}"#)

        #expect(reserved == Quantity(7))
        #expect(answer.text == #""1""#)
        #expect(state.sourceItems.item(sku: "A", source: "main")?.quantity == Quantity(8))
        #expect(state.salableQuantity(sku: "A", stockID: 2) == Quantity(7))
        #expect(state.sales[order.id]?.state == .processing)
    }

    @Test func `more than may be sold cannot be ordered`() throws {
        var state = shop

        #expect(throws: ShopError.self) { try state.place(OrderDraft([.init("B", Quantity(6))]), now: 0) }
        #expect(state.reservations.isEmpty)
    }

    @Test func `a second partial shipment and a track do not move updated_at, a first one does`() throws {
        var state = shop
        let order = try place(&state, [.init("A", Quantity(3))])
        let ship = #"{"items":[{"order_item_id":\#(order.lines[0].id),"qty":1}],"arguments":{"extension_attributes":{"source_code":"main"}}}"#

        state.ask("POST", "/rest/V1/order/1/ship", ship, now: 1_795_224_010)
        let first = state.sales[1]?.updatedAt
        state.ask("POST", "/rest/V1/order/1/ship", ship, now: 1_795_224_020)
        state.ask(
            "POST", "/rest/V1/shipment/track",
            #"{"entity":{"order_id":1,"parent_id":1,"track_number":"T","title":"DPD","carrier_code":"custom"}}"#, now: 1_795_224_030)

        #expect(first == "2026-11-21 01:20:10")
        #expect(state.sales[1]?.updatedAt == first)
        #expect(state.sales.shipments.map(\.tracks.count) == [1, 0])
    }

    @Test func `F12 an order that is committed late is not seen before its time`() throws {
        var state = shop
        var draft = OrderDraft([.init("A")])
        draft.visibleAfter = 2
        try state.place(draft, now: 1_795_224_000)
        let list =
            "/rest/V1/orders?searchCriteria[filterGroups][0][filters][0][field]=updated_at"
            + "&searchCriteria[filterGroups][0][filters][0][value]=2026-11-21%2000:00:00"
            + "&searchCriteria[filterGroups][0][filters][0][conditionType]=gteq&fields=total_count"

        #expect(state.ask("GET", list, now: 1_795_224_001).text == #"{"total_count":0}"#)
        #expect(state.ask("GET", list, now: 1_795_224_002).text == #"{"total_count":1}"#)
    }

    @Test func `an order's total is that of its rows, discounts, shipping and tax`() throws {
        var state = shop
        state.taxRates = [TaxRate(id: 3, country: "GB", rate: Money(20), code: "GB-20")]
        state.taxRules = [TaxRule(id: 1, code: "UK VAT", customerClasses: [3], productClasses: [2], rates: [3])]
        var draft = OrderDraft([
            .init("A", Quantity(2), price: Money(pence: 1250), discountPercent: Money(10)),
            .init("A", price: Money(pence: 1194), discountPercent: Money(10)),
            .init("B", Quantity(3), price: Money(pence: 1377), discountPercent: Money(10)),
        ])
        draft.coupon = "TENOFF"
        let order = try state.place(draft, now: 1_795_224_000)

        // The figures of a recorded order.
        #expect(order.discount == Money(pence: 783))
        #expect(order.lines.map(\.tax) == [450, 215, 743].map { Money(pence: $0) })
        #expect(order.grandTotal == Money(pence: 12_050))
    }

    @Test func `a bundle that is shipped apart takes its parts, a configurable its variant`() throws {
        var state = shop
        state.catalogue.add(sku: "KIT", kind: .bundle)
        state.catalogue.add(sku: "HOOD", kind: .configurable)
        let order = try place(
            &state,
            [
                .init("KIT", Quantity(2), form: .bundle([.init("A", each: Quantity(2)), .init("B")], .init())),
                .init("A", Quantity(1), form: .variant(of: "HOOD")),
            ])
        state.ask("POST", "/rest/V1/order/\(order.id)/ship", #"{"arguments":{"extension_attributes":{"source_code":"main"}}}"#)

        #expect(order.lines.map(\.ordered) == [2, 4, 2, 1, 1].map { Quantity($0) })
        #expect(state.sales.shipments[0].lines.map(\.sku) == ["KIT", "A", "B", "A"], "the bundle's own row counts nothing")
        #expect(state.sourceItems.item(sku: "A", source: "main")?.quantity == Quantity(5))
        #expect(state.sourceItems.item(sku: "B", source: "main")?.quantity == Quantity(3))
        #expect(state.salableQuantity(sku: "A", stockID: 2) == Quantity(5))
    }

    @Test func `a credit memo of unshipped goods frees them, and writes them off unless they go back to stock`() throws {
        var state = shop
        try place(&state, [.init("A", Quantity(4))])
        state.ask("POST", "/rest/V1/order/1/invoice", #"{"capture":true}"#)
        state.ask("POST", "/rest/V1/order/1/refund", #"{"items":[{"order_item_id":1,"qty":1}],"arguments":{"shipping_amount":0}}"#)
        let written = state.salableQuantity(sku: "A", stockID: 2)
        state.ask(
            "POST", "/rest/V1/order/1/refund",
            #"{"items":[{"order_item_id":1,"qty":1}],"arguments":{"shipping_amount":0,"extension_attributes":{"return_to_stock_items":[1]}}}"#)

        #expect(state.sourceItems.item(sku: "A", source: "main")?.quantity == Quantity(9))
        #expect(written == Quantity(6))
        #expect(state.salableQuantity(sku: "A", stockID: 2) == Quantity(7))
        #expect(state.sales[1]?.state == .processing)
    }
}
