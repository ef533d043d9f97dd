import Testing

@testable import MagentoSandbox

/// What the second recorded shop finds, lists and counts (transcripts-2), beside `SecondShopTests` and `ExistenceTests`.
struct SecondShopListsTests {
    private static let filter = "searchCriteria[filter_groups][0][filters][0]"

    private static func found(_ skus: String, by condition: String = "in", _ state: inout ShopState) -> [String] {
        let target =
            "/rest/all/V1/products?\(filter)[field]=sku&\(filter)[value]=\(PercentCoding.encode(skus))&\(filter)[condition_type]=\(condition)"
            + "&fields=items[sku],total_count"
        let answer = try? JSONParser.parse(Array(state.ask("GET", target).text.utf8))
        return answer?["items"]?.elements?.compactMap { $0["sku"]?.text } ?? []
    }

    /// Finding 4: exist-40 to exist-47.
    @Test func `finding 4: a product without a cost looks like one that is not there, and both are left out of cost-information`() {
        var state = ShopState.empty
        for sku in ["P00001", "P00003"] { state.catalogue.add(sku: sku) }
        state.catalogue.add(sku: "CFG0", kind: .configurable)
        state.price("cost", #"{"cost":0.82,"store_id":0,"sku":"P00001"}"#)

        #expect(state.read("cost", "P00003", "NOPE-1", "CFG0") == "[]")
        #expect(state.read("cost", "P00003", "P00001", "NOPE-1") == #"[{"cost":0.82,"store_id":0,"sku":"P00001"}]"#)
        #expect(state.read("cost", "p00001", "p00001") == #"[{"cost":0.82,"store_id":0,"sku":"p00001"}]"#)
        #expect(state.ask("POST", "/rest/all/V1/products/cost-information", "{}").status == 400)
    }

    /// Finding 5: exist-60 to exist-69.
    @Test func `finding 5: the search by SKU folds case and accents, gives the spelling as stored, takes commas apart and knows all kinds`() {
        var state = ShopState.empty
        for sku in ["CAFÉ-1", "MiXeD-Case", "WID,45", "P00001", "P00002"] { state.catalogue.add(sku: sku) }
        state.catalogue.add(sku: "CFG0", kind: .configurable)

        #expect(Self.found("CAFE-1,mixed-case,NOPE", &state) == ["CAFÉ-1", "MiXeD-Case"])
        #expect(Self.found("café-1", &state) == ["CAFÉ-1"])
        #expect(Self.found("CFG0,P00001", &state).sorted() == ["CFG0", "P00001"])
        #expect(Self.found("WID,45", &state) == [] && Self.found("WID,45", by: "eq", &state) == ["WID,45"])
        #expect(Self.found("P00001 ,P00001", &state) == ["P00001"], "a blank at the end counts for nothing")
        #expect(Self.found("P00001, P00002", &state) == ["P00001"], "one in front does")
        state.catalogue.remove("P00001")
        #expect(Self.found("P00001", &state) == [])
        let none = state.ask("GET", "/rest/all/V1/products?\(Self.filter)[field]=sku&\(Self.filter)[value]=NOPE&fields=items[sku],total_count")
        #expect(none.text == #"{"items":null,"total_count":0}"#)
    }

    /// Finding 8: dump-05 to dump-06c.
    @Test func `finding 8: the export subtracts reservations, its total is that of the page, and what is unknown does not sell`() {
        var state = ShopState.empty
        for number in 1...5 {
            state.catalogue.add(sku: "P0000\(number)")
            state.sourceItems.upsert(sku: "P0000\(number)", source: "main", quantity: Quantity(20), isInStock: true)
        }
        state.reservations.append(Reservation(stockID: 2, sku: "P00001", quantity: Quantity(-13)))
        state.stockIndex.lose(sku: "P00002", stockID: 2)
        let export = "/rest/all/V1/inventory/export-stock-salable-qty/website/base"

        let first = state.ask("GET", export + "?searchCriteria[pageSize]=3").text
        let last = state.ask("GET", export + "?searchCriteria[pageSize]=3&searchCriteria[currentPage]=2").text

        #expect(first.hasPrefix(#"{"items":[{"sku":"P00001","qty":7,"is_salable":true},{"sku":"P00002","qty":0,"is_salable":false}"#))
        #expect(first.contains(#""total_count":3"#) && last.contains(#""total_count":2"#))
        #expect(state.ask("GET", export + "?searchCriteria[pageSize]=3&searchCriteria[currentPage]=9").text.contains(#""items":[]"#))
        #expect(state.ask("GET", export).status == 400)
        #expect(state.ask("GET", "/rest/all/V1/inventory/export-stock-salable-qty/website/nowhere?searchCriteria[pageSize]=3").status == 404)
        let both = state.ask("GET", "/rest/all/V1/inventory/are-products-salable?skus[0]=P00001&skus[1]=NOPE-1&stockId=2").text
        #expect(both == #"[{"sku":"P00001","stock_id":2,"salable":true},{"sku":"NOPE-1","stock_id":2,"salable":false}]"#)
    }

    /// Finding 10: throughput-2.
    @Test(arguments: [(100, 9.0...10.0), (300, 15.0...17.0)])
    func `finding 10: the search by SKU is nine to sixteen times dearer than asking for base prices`(_ skus: Int, _ recorded: ClosedRange<Double>) {
        let search = CallTimes.recorded.rule("GET", "/rest/all/V1/products").alone.seconds(rows: skus)
        let information = CallTimes.recorded.rule("POST", "/rest/all/V1/products/base-prices-information").alone.seconds(rows: skus)

        #expect(recorded.contains(search / information), "\(search / information)")
    }

    /// Finding 12: par-01, par-02, par-err-01.
    @Test func `finding 12: a shipment that a deadlock refused left nothing behind, and the same body passes alone`() async throws {
        var state = ShopState.empty
        state.access.adminTokens["t"] = AdminToken(username: "admin", expires: .max)
        state.catalogue.add(sku: "P1")
        state.sourceItems.upsert(sku: "P1", source: "main", quantity: Quantity(500), isInStock: true)
        try state.place(OrderDraft([.init("P1")]), now: 1_795_224_000)
        let shop = SandboxShop(state)
        shop.add(FaultRule(.deadlock, method: "POST", path: "/ship", hits: 1...1))
        let request = ShopRequest(
            method: "POST", target: "/rest/V1/order/1/ship", host: "127.0.0.1",
            headers: ["authorization": "Bearer t", "content-type": "application/json"],
            body: Array(#"{"arguments":{"extension_attributes":{"source_code":"main"}}}"#.utf8))

        let refused = await shop.exchange(request)
        let left = shop.withState { ($0.sales.shipments.count, $0.sourceItems.item(sku: "P1", source: "main")?.quantity) }
        let passed = await shop.exchange(request)

        guard case .answer(let first) = refused, case .answer(let second) = passed else { return #expect(Bool(false)) }
        #expect(first.status == 400 && first.text == #"{"message":"Could not save a shipment, see error log for details"}"#)
        #expect(left == (0, Quantity(500)))
        #expect(second.status == 200)
    }

    /// Finding 22: storenum-01 to storenum-08.
    @Test func `finding 22: two store views may use one order number, the path does not narrow the search, and the store does`() throws {
        var state = ShopState.empty
        state.storeViews.append(StoreView(id: 2, code: "second", name: "Second view", websiteID: 1, groupID: 1))
        state.catalogue.add(sku: "P1")
        state.sourceItems.upsert(sku: "P1", source: "main", quantity: Quantity(9), isInStock: true)
        try state.place(OrderDraft([.init("P1")]), now: 1_795_224_000)
        var second = OrderDraft([.init("P1")])
        (second.storeID, second.incrementID) = (2, "000000001")
        try state.place(second, now: 1_795_224_000)
        func stores(_ scope: String, _ more: String = "") -> String {
            let number = "\(Self.filter)[field]=increment_id&\(Self.filter)[value]=000000001"
            return state.ask("GET", "/rest/\(scope)/V1/orders?\(number)\(more)&fields=items[store_id]").text
        }

        #expect(stores("all") == #"{"items":[{"store_id":1},{"store_id":2}]}"#)
        #expect(stores("default") == #"{"items":[{"store_id":1},{"store_id":2}]}"#)
        let group = "searchCriteria[filter_groups][1][filters][0]"
        #expect(stores("all", "&\(group)[field]=store_id&\(group)[value]=2") == #"{"items":[{"store_id":2}]}"#)
        #expect(state.salableQuantity(sku: "P1", stockID: 2) == Quantity(7), "each has its own reservation")
    }

    /// Finding 18: partial-23 to partial-25.
    @Test func `finding 18: cancelling a partly invoiced order cancels what is not invoiced, and all that is left may be shipped`() throws {
        var state = ShopState.empty
        for sku in ["P6", "P7"] {
            state.catalogue.add(sku: sku, price: Money(3))
            state.sourceItems.upsert(sku: sku, source: "main", quantity: Quantity(50), isInStock: true)
        }
        try state.place(OrderDraft([.init("P6", Quantity(3)), .init("P7", Quantity(4))]), now: 1_795_224_000)
        #expect(state.ask("POST", "/rest/V1/order/1/invoice", #"{"items":[{"order_item_id":2,"qty":1}]}"#).status == 200)

        let cancelled = state.ask("POST", "/rest/V1/orders/1/cancel")
        let order = state.ask("GET", "/rest/V1/orders/1").text
        let shipped = state.ask("POST", "/rest/V1/order/1/ship", #"{"arguments":{"extension_attributes":{"source_code":"main"}}}"#)

        #expect(cancelled.text == "true" && shipped.status == 200)
        #expect(state.sales[1]?.lines.map(\.canceled) == [Quantity(3), Quantity(3)])
        #expect(order.contains(#""state":"processing""#) && order.contains(#""subtotal_canceled":18"#) && order.contains("total_canceled"))
        #expect(state.sales.shipments.first?.lines.map(\.quantity) == [Quantity(1)])
        #expect(state.reservations.map(\.quantity).reduce(.zero, +) == .zero)
    }
}
