import Domain
import Magento
import MagentoSandbox
import TestKit
import Testing

@testable import Entities

/// A stand-in shop with two websites and products `P-000` … priced at 10, and the appliers of prices over real HTTP.
struct PriceShop: Sendable {
    let client: MagentoClient
    let endpoint: ShopEndpoint
    let shop: SandboxShop
    let places: StorePlaces
    let timeline: Timeline
    let zone: ShopZone

    static func state(_ products: Int, _ scope: MagentoSandbox.PriceScope) -> ShopState {
        var state = ShopState.empty
        state.priceScope = scope
        state.websites.append(Website(id: 2, code: "trade", name: "Trade", defaultGroupID: 4))
        state.storeViews += [
            StoreView(id: 2, code: "trade_en", name: "Trade", websiteID: 2, groupID: 2),
            StoreView(id: 3, code: "trade_cy", name: "Masnach", websiteID: 2, groupID: 2),
        ]
        for number in 0..<products { state.catalogue.add(sku: ApplierShop.sku(number)) }
        return state
    }

    static func run<Result>(
        products: Int = 10,
        scope: MagentoSandbox.PriceScope = .website,
        faults: [FaultRule] = [],
        prepare: @Sendable (inout ShopState) -> Void = { _ in },
        _ body: (PriceShop) async throws -> Result
    ) async throws -> Result {
        try await ApplierShop.run(
            products: 0, faults: faults,
            prepare: { state in
                state = PriceShop.state(products, scope)
                prepare(&state)
            }
        ) { shop in
            let timeline = ManualTimeline(now: Timeline.system.now()).timeline
            let zone = try #require(ShopZone("Europe/London"))
            return try await body(
                PriceShop(
                    client: shop.client, endpoint: try #require(ShopEndpoint(url: shop.server.url)), shop: shop.shop,
                    places: try await StorePlaces(shop.client.stores), timeline: timeline, zone: zone))
        }
    }

    static let wideBatches: BatchSizer = {
        var policy = BatchSizer.Policy()
        policy.start = 1000
        return BatchSizer(policy)
    }()

    var base: BasePriceApplier { BasePriceApplier(client: client, places: places, timeline: timeline, sizer: Self.wideBatches) }
    var cost: CostApplier { CostApplier(client: client, timeline: timeline, sizer: Self.wideBatches) }
    var special: SpecialPriceApplier {
        SpecialPriceApplier(client: client, places: places, zone: zone, timeline: timeline, sizer: Self.wideBatches)
    }
    var tier: TierPriceApplier { tier(GroupPins(["Trade A": 4, "Trade B": 5])) }
    func tier(_ pins: GroupPins) -> TierPriceApplier {
        TierPriceApplier(client: client, places: places, pins: pins, audience: .trade, timeline: timeline, sizer: Self.wideBatches)
    }

    static func change(_ sku: String, _ after: [PriceEntry], from before: [PriceEntry]? = nil, id: Int64 = 1) -> Change {
        Change(
            id: id, key: RecordKey(sku), before: before.map { PriceValue($0).encoded }, after: PriceValue(after).encoded,
            version: UTCInstant(seconds: 1_795_230_000))
    }

    static func price(_ text: String, _ place: PricePlace = .everywhere) -> PriceEntry {
        PriceEntry(.init(place: place), .fixed(ExactDecimal(plain: text) ?? -1))
    }

    static func tier(_ text: String, _ group: String = "Trade A", from quantity: ExactDecimal = 1, at place: PricePlace = .everywhere) -> PriceEntry {
        PriceEntry(.init(place: place, group: group, quantity: quantity), .fixed(ExactDecimal(plain: text) ?? -1))
    }

    /// Every product to one price.
    static func changes(_ count: Int, to price: String) -> [Change] {
        (0..<count).map { change(ApplierShop.sku($0), [Self.price(price)], id: Int64($0)) }
    }

    func price(_ sku: String, store: Int = 0) -> String? {
        shop.withState { state in
            guard let product = state.catalogue[sku] else { return nil }
            return store == 0 ? product.price.number : state.prices.base[.init(product: product.id, store: store)]?.number
        }
    }

    /// `Trade A 1 = 9 @0`, in the shop's order.
    func tiers(_ sku: String) -> [String] {
        shop.withState { state in
            let rows = state.catalogue[sku].flatMap { state.prices.tiers[$0.id] } ?? []
            return rows.map { tier in
                let group = if case .group(let id) = tier.audience { state.customerGroups.first { $0.id == id }?.code ?? "" } else { "ALL" }
                let value =
                    switch tier.value {
                    case .fixed(let price): price.number
                    case .discount(let percent): percent.number + " %"
                    }
                return "\(group) \(tier.quantity.number) = \(value) @\(tier.website)"
            }
        }
    }

    func special(_ sku: String, store: Int = 0) -> String? {
        shop.withState { state in
            state.catalogue[sku].flatMap { state.prices.special[.init(product: $0.id, store: store)] }
                .map { "\($0.price.number) \($0.from ?? "-") \($0.to ?? "-")" }
        }
    }

    /// Calls that arrived, after those of the shop's set-up.
    var calls: Int { shop.journal.entries.filter { $0.event == .arrived }.count - 2 }
}
