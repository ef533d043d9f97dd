import Domain
import MagentoSandbox
import TestKit
import Testing

@testable import Magento

/// The shop as a stranger sees it, without a credential.
struct ShopperViewTests {
    private func look(_ state: ShopState, _ body: (ShopperView, SandboxShop) async throws -> Void) async throws {
        try await SandboxedShop.run(state) { shop in
            let endpoint = try SandboxedShop.endpoint(shop.server.url)
            try await ShopperView.withView(of: endpoint, timeline: shop.time.timeline) { try await body($0, shop.shop) }
        }
    }

    private var leaky: ShopState {
        var state = ShopState.demo
        let group = PriceBook.Audience.group(4)
        state.prices.upsert(.init(audience: group, value: .fixed(Money(pence: 50))), of: 8)
        state.prices.upsert(.init(audience: .everyone, quantity: Quantity(100), value: .fixed(Money(pence: 90))), of: 8)
        return state
    }

    @Test func `V1 a guest sees public prices and breaks, and no group's`() async throws {
        try await look(leaky) { view, _ in
            let price = try #require(try await view.prices(of: ["AB/1000"]).first)

            #expect(price.final == ExactDecimal(plain: "1.19") && price.currency == "GBP")
            #expect(price.tiers.map(\.quantity) == [100] && price.tiers.map(\.price.description) == ["0.9"])
        }
    }

    @Test func `many products are asked for in parts, and none is missed`() async throws {
        var state = ShopState.empty
        for number in 0..<120 { state.catalogue.add(sku: "P \"\(number)\"", price: Money(Int64(number))) }
        try await look(state) { view, shop in
            let prices = try await view.prices(of: (0..<120).map { "P \"\($0)\"" } + ["NOPE"])

            #expect(prices.count == 120 && Set(prices.map(\.final)).count == 120)
            #expect(shop.journal.entries.filter { $0.event == .arrived }.count == 3)
        }
    }

    @Test func `a page may be older than the prices, and a page past the caches is not`() async throws {
        var state = leaky
        state.storefront.pageCaching = .kept
        try await look(state) { view, shop in
            var seen = [try await view.pagePrice(product: 8)]
            shop.withState { $0.catalogue.update("AB/1000") { $0.price = Money(7) } }
            seen.append(try await view.pagePrice(product: 8))
            seen.append(try await view.pagePrice(product: 8, .pastCaches(token: "1")))
            seen.append(try await view.pagePrice(product: 999))

            #expect(seen.map { $0?.description } == ["1.19", "1.19", "7", nil])
        }
    }

    @Test func `S7 no credential leaves with a guest's call`() async throws {
        try await look(leaky) { view, shop in
            _ = try await view.prices(of: ["AB/1000"])
            _ = try await view.pagePrice(product: 8)

            #expect(shop.journal.entries.allSatisfy { $0.caller == nil || $0.caller == "guest" })
        }
    }

    @Test(arguments: ["nowhere"])
    func `a store that shows nothing is an error, never an empty answer`(_ store: String) async throws {
        try await look(leaky) { view, _ in
            await #expect(throws: Diagnostic.self) { try await view.prices(of: ["AB/1000"], store: store) }
        }
    }

    @Test(arguments: [
        (#"<script type="application/ld+json">{"@type":"Product","offers":{"@type":"Offer","price":"12.50"}}</script>"#, "12.5"),
        (
            #"<script type="application/ld+json">{"@type":"Product","offers":[{"@type":"Offer","price":12},{"@type":"Offer","price":"9"}]}</script>"#,
            "9"
        ),
        (
            #"<script  type="application/ld+json" async>{"@graph":[{"@type":"Product","offers":{"@type":"AggregateOffer","lowPrice":3,"highPrice":9}}]}</script>"#,
            "3"
        ),
        (
            #"<script type="application/ld+json">{broken</script><script type="application/ld+json">{"offers":{"@type":"Offer","price":5}}</script>"#,
            "5"
        ),
        (#"<script type="application/ld+json">{"@type":"Product","price":5}</script>"#, nil), ("<html>£12.50</html>", nil),
    ])
    func `a page's price is read from what it tells search engines`(_ html: String, _ price: String?) {
        #expect(StructuredData.lowestOffer(in: html)?.description == price)
    }
}
