import Testing

@testable import MagentoSandbox

/// What the price routes do where the recordings do not reach, and where releases and scopes differ.
struct PriceRouteTests {
    private static let tier = #"{"price":3,"price_type":"fixed","website_id":0,"sku":"AB/1000","customer_group":"Trade A","quantity":10}"#

    private func shop(_ scope: PriceScope = .global, _ release: MagentoRelease = .v247) -> ShopState {
        var state = ShopState.demo
        state.prices = PriceBook()
        state.priceScope = scope
        state.release = release
        state.websites.append(Website(id: 2, code: "trade", name: "Trade", defaultGroupID: 4))
        state.storeViews += [
            StoreView(id: 2, code: "trade_en", name: "Trade", websiteID: 2, groupID: 2),
            StoreView(id: 3, code: "trade_cy", name: "Masnach", websiteID: 2, groupID: 2),
        ]
        return state
    }

    @Test(arguments: [
        (PriceScope.global, #"[{"price":7,"store_id":0,"sku":"AB\/1000"}]"#),
        (
            .website,
            #"[{"price":1.19,"store_id":0,"sku":"AB\/1000"},{"price":7,"store_id":2,"sku":"AB\/1000"},{"price":7,"store_id":3,"sku":"AB\/1000"}]"#
        ),
    ])
    func `a base price of one store goes where the price scope says`(_ scope: PriceScope, _ stored: String) {
        var state = shop(scope)

        #expect(state.price("base-prices", #"{"price":7,"store_id":2,"sku":"ab/1000"}"#) == "[]")

        #expect(state.read("base-prices", "AB/1000") == stored)
    }

    @Test func `F55 of a batch the good lines are saved and each bad one is told without its number`() {
        var state = shop()
        let lines = #"{"price":7,"store_id":0,"sku":"AB/1000"},{"price":-1,"store_id":9,"sku":"NOPE"}"#

        let answer = state.price("base-prices", lines)

        #expect(
            answer
                == #"[{"message":"Invalid attribute %fieldName = %fieldValue.","parameters":["SKU","NOPE"]},{"message":"Invalid attribute %fieldName = %fieldValue.","parameters":["Price","-1"]},{"message":"Requested store is not found. Row ID: SKU = NOPE, Store ID: 9.","parameters":["NOPE","9"]}]"#
        )
        #expect(state.catalogue["AB/1000"]?.price == Money(7))
    }

    @Test func `a special price without a date keeps the date that was there`() {
        var state = shop()
        state.price("special-price", #"{"price":5,"store_id":0,"sku":"AB/1000","price_from":"2026-11-01 00:00:00","price_to":"2026-11-30 00:00:00"}"#)

        state.price("special-price", #"{"price":4,"store_id":0,"sku":"AB/1000","price_from":"2026-12-01 00:00:00"}"#)

        #expect(
            state.read("special-price", "AB/1000")
                == #"[{"price":4,"store_id":0,"sku":"AB\/1000","price_from":"2026-12-01 00:00:00","price_to":"2026-11-30 00:00:00"}]"#)
    }

    @Test(arguments: MagentoRelease.allCases)
    func `an unknown SKU among tier prices costs its line in old releases and the whole call in new ones`(_ release: MagentoRelease) {
        var state = shop(.global, release)
        let unknown = Self.tier.replacing("AB/1000", with: "NOPE")

        let answer = state.ask("POST", "/rest/all/V1/products/tier-prices", "{\"prices\":[\(Self.tier),\(unknown)]}")

        #expect(answer.status == (release == .v244 ? 200 : 404))
        #expect(state.prices.tiers.count == (release == .v244 ? 1 : 0))
        if release == .v244 { #expect(answer.text.contains("Invalid attribute SKU = %SKU.")) }
    }

    @Test(arguments: [(MagentoRelease.v247, 1, true), (.v248, 1, false), (.v248, 0, true)])
    func `a website's tier price under global prices is refused from 2_4_8 on`(_ release: MagentoRelease, _ website: Int, _ isSaved: Bool) {
        var state = shop(.global, release)

        let answer = state.price("tier-prices", Self.tier.replacing("\"website_id\":0", with: "\"website_id\":\(website)"))

        #expect((answer == "[]") == isSaved)
        #expect(!state.prices.tiers.isEmpty == isSaved)
    }

    @Test func `a tier price for all websites and one for a single website exclude each other`() {
        var state = shop(.website)
        let all = Self.tier
        let one = Self.tier.replacing("\"website_id\":0", with: "\"website_id\":1")
        let other = Self.tier.replacing("\"website_id\":0", with: "\"website_id\":2")

        #expect(state.price("tier-prices", one + "," + other) == "[]")
        #expect(state.price("tier-prices", all).contains("duplicate"))
        #expect(state.price("tier-prices", all + "," + one).components(of: "duplicate") == 4)
        #expect(state.price("tier-prices", all, method: "PUT") == "[]")
        #expect(state.prices.tiers.values.map(\.count) == [1])
    }

    @Test func `C5 a replacing call with one good line takes all other tiers of its product away`() {
        var state = shop()
        for quantity in [1, 10, 100] { state.price("tier-prices", Self.tier.replacing("\"quantity\":10", with: "\"quantity\":\(quantity)")) }
        let bad = Self.tier.replacing("Trade A", with: "Trade Z")

        let answer = state.price("tier-prices", Self.tier + "," + bad, method: "PUT")

        #expect(answer.components(of: "No such entity") == 1)
        #expect(state.prices.tiers.values.flatMap { $0 }.map(\.quantity) == [Quantity(10)])
    }

    @Test(arguments: [("3", 0), ("4", 1)])
    func `deleting a tier price needs its very price`(_ price: String, _ left: Int) {
        var state = shop()
        state.price("tier-prices", Self.tier)

        #expect(state.price("tier-prices-delete", Self.tier.replacing("\"price\":3", with: "\"price\":\(price)")) == "[]")

        #expect(state.prices.tiers.values.flatMap { $0 }.count == left)
    }

    @Test func `a tier price of nothing cannot be deleted, and a delete does not look at the website`() {
        var state = shop(.website)
        let free = Self.tier.replacing("\"price\":3", with: "\"price\":0")
        state.price("tier-prices", free)
        state.price("tier-prices-delete", free)
        #expect(state.prices.tiers.values.flatMap { $0 }.count == 1)

        state = shop(.website)
        state.price("tier-prices", [1, 2].map { Self.tier.replacing("\"website_id\":0", with: "\"website_id\":\($0)") }.joined(separator: ","))
        state.price("tier-prices-delete", Self.tier.replacing("\"website_id\":0", with: "\"website_id\":2"))
        #expect(state.prices.tiers.values.flatMap { $0 }.map(\.website) == [2])
    }

    @Test func `costs are saved, read, refused and deleted`() {
        var state = shop()

        #expect(state.price("cost", #"{"cost":0.5,"store_id":0,"sku":"AB/1000"}"#) == "[]")
        #expect(
            state.price("cost", #"{"cost":-1,"store_id":0,"sku":"AB/1000"}"#)
                == #"[{"message":"Invalid attribute Cost = -1. Row ID: SKU = AB\/1000, Store ID: 0.","parameters":["-1","AB\/1000","0"]}]"#)
        #expect(state.read("cost", "AB/1000", "NOPE") == #"[{"cost":0.5,"store_id":0,"sku":"AB\/1000"}]"#)
        #expect(state.ask("POST", "/rest/all/V1/products/cost-delete", #"{"skus":["AB/1000"]}"#).text == "true")
        #expect(state.read("cost", "AB/1000") == "[]")
    }

    @Test(arguments: [
        ("base-prices", #"{"prices":[{"price":1,"store_id":0,"sku":"A","colour":1}]}"#, "is not supported"),
        ("base-prices", #"{"rows":[]}"#, "is required"), ("tier-prices", #"{"prices":[{"quantity":"many"}]}"#, "type is invalid"),
        ("cost", #"{"prices":[{"store_id":"x"}]}"#, "type is invalid"),
    ])
    func `a call of the wrong form is refused as a whole`(_ route: String, _ body: String, _ text: String) {
        var state = shop()
        let answer = state.ask("POST", "/rest/all/V1/products/\(route)", body)

        #expect(answer.status == 400 && answer.text.contains(text))
    }

    @Test func `composite products take no price but tiers in per cent`() {
        var state = shop()
        state.catalogue.add(sku: "SET", kind: .bundle)
        state.catalogue.update("SET") { $0.hasDynamicPrice = true }
        state.catalogue.add(sku: "HOOD", kind: .configurable)

        #expect(
            state.price("base-prices", #"{"price":1,"store_id":0,"sku":"SET"},{"price":1,"store_id":0,"sku":"HOOD"}"#).components(of: "Invalid") == 2)
        #expect(state.price("tier-prices", Self.tier.replacing("AB/1000", with: "SET")).contains("Price Type"))
        #expect(state.price("tier-prices", Self.tier.replacing("AB/1000", with: "SET").replacing("fixed", with: "discount")) == "[]")
        #expect(state.price("tier-prices", Self.tier.replacing("AB/1000", with: "HOOD")).contains("Invalid attribute SKU"))
    }
}

extension String {
    fileprivate func components(of text: String) -> Int { ranges(of: text).count }
}
