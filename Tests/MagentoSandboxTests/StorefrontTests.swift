import Testing

@testable import MagentoSandbox

/// What shoppers see, and how far it lags behind what was written.
struct StorefrontTests {
    private static let query = """
        { products(filter: {sku: {in: ["AB/1000", "CAFE-TBL-60"]}}) { items { sku \
        price_range { minimum_price { final_price { value currency } regular_price { value } } } \
        price_tiers { quantity final_price { value } } } } }
        """

    private func price(_ state: inout ShopState, token: String? = nil, now: Int64 = 1_795_224_000) -> String? {
        let answer = try? JSONParser.parse(state.shop(Self.query, token: token, now: now).body)
        let item = answer?["data"]?["products"]?["items"]?.elements?.first
        guard case .number(let digits)? = item?["price_range"]?["minimum_price"]?["final_price"]?["value"] else { return nil }
        return digits
    }

    @Test func `a guest is told what was asked for and nothing else`() {
        var state = ShopState.demo
        state.prices.upsert(.init(audience: .everyone, quantity: Quantity(10), value: .discount(Money(10))), of: 8)

        let answer = state.shop(Self.query)

        #expect(
            answer.text
                == #"{"data":{"products":{"items":[{"sku":"AB\/1000","price_range":{"minimum_price":{"final_price":{"value":1.19,"currency":"GBP"},"regular_price":{"value":1.19}}},"price_tiers":[{"quantity":10,"final_price":{"value":1.071}}]},{"sku":"CAFE-TBL-60","price_range":{"minimum_price":{"final_price":{"value":89,"currency":"GBP"},"regular_price":{"value":89}}},"price_tiers":[]}]}}}"#
        )
    }

    @Test func `variables, aliases and names are understood`() {
        var state = ShopState.demo
        let body: JSONValue = [
            "query": "query Probe($skus: [String!]) { probe: products(filter: {sku: {in: $skus}}, pageSize: 1) { total_count items { code: sku } } }",
            "variables": ["skus": ["AB/1200", "AB/1600"]],
        ]
        let request = ShopRequest(method: "POST", target: "/graphql", host: "h", headers: [:], body: JSONWriter.bytes(body))

        #expect(state.handle(request, now: 0).answer.text == #"{"data":{"probe":{"total_count":2,"items":[{"code":"AB\/1200"}]}}}"#)
    }

    @Test(arguments: ["{ products", "{ products(filter: ) { items } }", "{ cart { id } }", String(repeating: "{a", count: 99)])
    func `a query that is none is refused`(_ query: String) {
        var state = ShopState.demo
        #expect(state.shop(query).status == 400)
    }

    @Test func `C8 each customer sees the prices of the own group, a stranger's token is turned away`() {
        var state = ShopState.demo
        state.access.customerTokens = ["a": 4, "b": 5]
        state.prices.upsert(.init(audience: .group(4), value: .fixed(Money(pence: 99))), of: 8)

        #expect(price(&state) == "1.19" && price(&state, token: "a") == "0.99" && price(&state, token: "b") == "1.19")
        #expect(state.shop(Self.query, token: "t").status == 401)
        #expect(state.shop(Self.query, store: "nowhere").status == 400)
    }

    /// 30 November in London; the window says it ends at its first moment.
    @Test(arguments: [
        (1_793_490_000 as Int64, "1.19"), (1_793_491_200, "1"), (1_795_996_800, "1"), (1_796_083_199, "1"), (1_796_083_201, "1.19"),
    ])
    func `a special price lasts to the end of the day that its end names`(_ now: Int64, _ value: String) {
        var state = ShopState.demo
        state.prices.special[.init(product: 8, store: 0)] = .init(price: Money(1), from: "2026-11-01 00:00:00", to: "2026-11-30 00:00:00")

        #expect(price(&state, now: now) == value)
    }

    @Test(arguments: [
        (Storefront.Indexing.immediate, "7", "7", "3"), (.onSchedule, "1.19", "7", "7"), (.onSave, "1.19", "7", "3"),
    ])
    func `the price index lags as its mode says`(_ mode: Storefront.Indexing, _ first: String, _ second: String, _ third: String) {
        var state = ShopState.demo
        state.storefront.indexing = mode
        state.price("base-prices", #"{"price":7,"store_id":0,"sku":"AB/1000"}"#)
        #expect(price(&state) == first)
        state.reindexPrices()
        #expect(price(&state) == second)

        state.price("tier-prices", #"{"price":3,"price_type":"fixed","website_id":0,"sku":"AB/1000","customer_group":"NOT LOGGED IN","quantity":1}"#)

        #expect(price(&state) == third)
    }

    @Test(arguments: [(Storefront.PageCaching.off, "7.00"), (.purged, "7.00"), (.kept, "1.19")])
    func `a page is as old as the page cache lets it be, and a new address is a new page`(_ caching: Storefront.PageCaching, _ shown: String) {
        var state = ShopState.demo
        state.storefront.pageCaching = caching
        #expect(state.page("AB/1000").text.contains(#""price":"1.19""#))
        state.price("base-prices", #"{"price":7,"store_id":0,"sku":"AB/1000"}"#)

        #expect(state.page("AB/1000").text.contains("\"price\":\"\(shown)\""))
        #expect(state.page("AB/1000", query: "?x=1").text.contains(#""price":"7.00""#))
        state.flushPages()
        #expect(state.page("AB/1000").text.contains(#""price":"7.00""#))
    }

    @Test func `a disabled product has no page and is no item`() {
        var state = ShopState.demo
        state.ask("PUT", "/rest/all/V1/products/AB%2F1000", #"{"product":{"status":2}}"#)

        #expect(state.page("AB/1000").status == 404 && state.page("NOPE").status == 404)
        #expect(price(&state) == "89")
    }
}
