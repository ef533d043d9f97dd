import Domain
import Magento
import MagentoSandbox
import TestKit
import Testing

@testable import Entities

/// What a guest sees while prices go out, and what of it stops a plan.
struct GuestCheckTests {
    private func look(
        _ audience: GroupPins.Audience = .trade, settings: GuestCheck.Settings = .init(settle: .zero),
        prepare: @Sendable (inout ShopState) -> Void = { _ in },
        _ body: (GuestCheck, PriceShop) async throws -> Void
    ) async throws {
        try await ApplierShop.run(products: 5, prepare: prepare) { shop in
            let timeline = ManualTimeline(now: Timeline.system.now()).timeline
            let endpoint = try #require(ShopEndpoint(url: shop.server.url))
            let check = GuestCheck(endpoint: endpoint, catalogue: shop.client.catalogue, settings: settings, audience: audience, timeline: timeline) {
                Secret($0.text("env") ?? "")
            }
            let places = try await StorePlaces(shop.client.stores)
            let zone = try #require(ShopZone("Europe/London"))
            try await body(check, PriceShop(client: shop.client, endpoint: endpoint, shop: shop.shop, places: places, timeline: timeline, zone: zone))
        }
    }

    private let keys = [RecordKey("P-000"), RecordKey("P-001")]

    @Test func `V1 a trade price that guests get is seen, by product, channel and both prices`() async throws {
        try await look { check, shop in
            let before = try await check.view(of: keys, .before)
            shop.shop.withState { $0.prices.upsert(.init(audience: .everyone, value: .fixed(Money(6))), of: 1) }
            let after = try await check.view(of: keys, .after)
            let sent = PriceShop.change("P-000", [PriceShop.tier("6")])

            let found = keys.map { key in
                after[key].flatMap {
                    check.violation(Change(id: 1, key: key, before: nil, after: sent.after, version: sent.version), before: before[key], now: $0)
                }
            }

            #expect(found == ["P-000: a guest gets 6.00 by GraphQL, before it was 10.00", nil])
        }
    }

    @Test func `a group's price that only the group gets disturbs nobody`() async throws {
        try await look { check, shop in
            let before = try await check.view(of: keys, .before)
            let sent = PriceShop.change("P-000", [PriceShop.tier("6")])
            #expect(try await shop.tier.apply([sent]).areAllApplied)

            let after = try await check.view(of: keys, .after)

            #expect(after[keys[0]].flatMap { check.violation(sent, before: before[keys[0]], now: $0) } == nil)
        }
    }

    /// After a restart nothing is known of before for what was sent earlier.
    @Test func `V1 without a view of before, a trade price is told from one that everybody pays`() async throws {
        try await look { check, shop in
            shop.shop.withState { $0.prices.upsert(.init(audience: .everyone, value: .fixed(Money(6))), of: 1) }
            let after = try await check.view(of: keys, .after)
            let leaked = PriceShop.change("P-000", [PriceShop.tier("6")])
            let equal = PriceShop.change("P-001", [PriceShop.tier("10")])

            #expect(after[keys[0]].flatMap { check.violation(leaked, before: nil, now: $0) }?.contains("a guest gets 6.00") == true)
            #expect(after[keys[1]].flatMap { check.violation(equal, before: nil, now: $0) } == nil)
        }
    }

    /// The page cache keeps the old page; a query that it has not seen shows the new price.
    @Test func `V1 a page behind a cache hides nothing from the look`() async throws {
        try await look(prepare: { $0.storefront.pageCaching = .kept }) { check, shop in
            let before = try await check.view(of: keys, .before)
            shop.shop.withState { state in state.catalogue.update("P-001") { $0.price = Money(1) } }

            let after = try await check.view(of: keys, .after)

            let sent = PriceShop.change("P-001", [PriceShop.tier("1")])
            #expect(
                after[keys[1]].flatMap { check.violation(sent, before: before[keys[1]], now: $0) }?.hasPrefix("P-001: a guest gets 1.00 by") == true)
        }
    }

    /// Base prices of a shop on schedule are seen only after its index has run.
    @Test func `a look after the index has run sees what a look before it does not`() async throws {
        try await look(.public, prepare: { $0.storefront.indexing = .onSchedule }) { check, shop in
            let sent = PriceShop.change("P-000", [PriceShop.price("8")])
            let before = try await check.view(of: keys, .before)
            #expect(await shop.base.apply([sent]).areAllApplied)

            let early = try await check.view(of: keys, .after)
            shop.shop.withState { $0.reindexPrices() }
            let late = try await check.view(of: keys, .after)

            #expect(early == before && late[keys[0]] != before[keys[0]] && late[keys[1]] == before[keys[1]])
            #expect(late[keys[0]].flatMap { check.violation(sent, before: before[keys[0]], now: $0) } == nil)
        }
    }

    // MARK: Between plans

    @Test func `V1 between plans a guest who gets less than the lowest public price is seen, and one who gets it is not`() async throws {
        try await look { check, shop in
            let held = [PriceKind.base.rawValue: PriceShop.change("P-000", [PriceShop.price("10")]).after]
            func violation(_ held: [String: EncodedValue]) async throws -> String? {
                try await check.view(of: keys, .before)[keys[0]].flatMap { check.violation(standing: keys[0], held: held, now: $0) }
            }
            let clean = try await violation(held)
            shop.shop.withState { $0.prices.upsert(.init(audience: .everyone, value: .fixed(Money(6))), of: 1) }
            let leaking = try await violation(held)
            let unknown = try await violation([:])
            let trade = try await violation(held.merging([PriceKind.tier.rawValue: PriceShop.change("P-000", [PriceShop.tier("6")]).after]) { $1 })

            #expect(clean == nil)
            #expect(leaking == "P-000: a guest gets 6.00 by GraphQL, the lowest public price is 10.00")
            #expect(unknown == nil)
            #expect(trade == leaking)
        }
    }

    @Test func `what the shop's own promotions may take off is no alarm`() async throws {
        try await look(settings: .init(settle: .zero, floor: 50)) { check, shop in
            let held = [PriceKind.base.rawValue: PriceShop.change("P-000", [PriceShop.price("10")]).after]
            shop.shop.withState { state in state.catalogue.update("P-000") { $0.price = Money(6) } }
            let promoted = try await check.view(of: keys, .before)
            shop.shop.withState { state in state.catalogue.update("P-000") { $0.price = Money(4) } }
            let leaking = try await check.view(of: keys, .before)

            #expect(promoted[keys[0]].flatMap { check.violation(standing: keys[0], held: held, now: $0) } == nil)
            #expect(leaking[keys[0]].flatMap { check.violation(standing: keys[0], held: held, now: $0) } != nil)
        }
    }

    @Test func `a shop that does not let itself be looked at is no clear shop`() async throws {
        try await look(settings: .init(stores: ["nowhere"], settle: .zero)) { check, _ in
            await #expect { try await check.view(of: keys, .before) } throws: { ($0 as? Diagnostic)?.kind != .permanent }
        }
    }

    @Test func `canaries are those of the settings that the plan has`() async throws {
        try await look(settings: .init(canaries: [RecordKey("P-001"), RecordKey("X")], settle: .zero)) { check, _ in
            #expect(check.canaries(among: keys) == [RecordKey("P-001")])
        }
    }

    // MARK: What is not shown

    @Test(arguments: ["disabled", "not visible", "out of stock"])
    func `a product that no guest is shown proves nothing`(_ why: String) async throws {
        let prepare: @Sendable (inout ShopState) -> Void = { state in
            state.storefront.showsOutOfStock = false
            for number in 0..<5 {
                state.sourceItems.upsert(
                    sku: "P-00\(number)", source: "main", quantity: Quantity(why == "out of stock" && number == 0 ? 0 : 9), isInStock: true)
            }
            state.catalogue.update("P-000") { product in
                if why == "disabled" { product.isEnabled = false }
                if why == "not visible" { product.visibility = 1 }
            }
        }
        try await look(prepare: prepare) { check, _ in
            let views = try await check.view(of: keys, .before)

            #expect(views[keys[0]].map(check.isShown) != true)
            #expect(views[keys[1]].map(check.isShown) == true)
        }
    }
}
