package import Domain
package import Magento

/// Looks at prices as a guest while a price plan goes out: through GraphQL at each store view, and for a few products through
/// the page itself, past its caches. Test accounts of the shop look along, each signed in.
///
/// A trade list must change nothing that a guest sees. A public list may; it must not show less than both the price of before
/// and the lowest price that is public by the plan. An account of a group may get that group's prices, and no other's.
package struct GuestCheck: ChangeProbe {
    package struct Settings: Sendable {
        /// Store views by code; the default one where empty.
        package var stores: [String]
        package var canaries: [RecordKey]
        /// What index and caches are given after a change before the look.
        package var settle: Duration
        /// How far down promotions of the shop may take a public price, in per cent of it.
        package var floor: ExactDecimal
        package var shoppers: [Shopper]

        package init(
            stores: [String] = [], canaries: [RecordKey] = [], settle: Duration = .seconds(5), floor: ExactDecimal = 100,
            shoppers: [Shopper] = []
        ) {
            self.stores = stores
            self.canaries = canaries
            self.settle = settle
            self.floor = floor
            self.shoppers = shoppers
        }

        package static let options = [
            OptionSpec("stores", .list(.text), "Store views to look at, by code; the default one unless given.", example: "[default, trade]"),
            OptionSpec("canaries", .list(.text), "Products that go out first and alone, where the plan has them.", example: "[TEST-1]"),
            OptionSpec("settle", .duration, "How long index and caches are given before the look.", default: "5s"),
            OptionSpec("every", .duration, "How often serve looks at some products between runs, too; never unless given.", example: "30m"),
            OptionSpec(
                "sample", .integer(1...500), "How many products each of these looks takes, a different part of the list each time.", default: "40"),
            OptionSpec("floor", .percent, "How far down the shop's own promotions may take a public price without an alarm.", default: "100%"),
            OptionSpec("shoppers", .map(.object(Shopper.options)), "Test accounts that look along with the guest, each under a name of your own."),
        ]

        package init(_ node: SettingNode) throws {
            self.init(
                stores: node.texts("stores"), canaries: node.texts("canaries").map { RecordKey($0) },
                settle: try node.duration("settle") ?? .seconds(5),
                floor: try node.percent("floor", default: 100) ?? .zero,
                shoppers: try (node["shoppers"]?.map ?? []).map { try Shopper($0.key, $0.node) })
        }
    }

    /// Pages are fetched for so many products at most; GraphQL is asked for all.
    private static let pageLimit = 10

    private let endpoint: ShopEndpoint
    private let catalogue: Catalogue
    let settings: Settings
    private let audience: GroupPins.Audience
    private let timeline: Timeline
    private let secrets: @Sendable (SettingNode) throws -> Secret

    /// - Parameter secrets: resolves the names of the shoppers' passwords, at each look anew.
    package init(
        endpoint: ShopEndpoint, catalogue: Catalogue, settings: Settings, audience: GroupPins.Audience, timeline: Timeline,
        secrets: @escaping @Sendable (SettingNode) throws -> Secret
    ) {
        self.endpoint = endpoint
        self.catalogue = catalogue
        self.settings = settings
        self.audience = audience
        self.timeline = timeline
        self.secrets = secrets
    }

    package func canaries(among keys: [RecordKey]) -> [RecordKey] {
        let present = Set(keys)
        return settings.canaries.filter { present.contains($0) }
    }

    package func view(of keys: [RecordKey], _ moment: ProbeMoment) async throws -> [RecordKey: EncodedValue] {
        if case .after = moment, settings.settle > .zero { try await timeline.sleep(settings.settle) }
        let sights = try await ShopperView.withView(of: endpoint, timeline: timeline) { view in
            var sights: [[UInt8]: PriceSight] = [:]
            for store in settings.stores.isEmpty ? [nil] : settings.stores.map(Optional.some) {
                for price in try await view.prices(of: keys.map(\.text), store: store) {
                    let folded = RecordKey.folded(Array(price.sku.utf8)[...])
                    sights[folded, default: PriceSight()].add(price, channel: "GraphQL\(store.map { " of \($0)" } ?? "")")
                }
            }
            try await look(at: keys, view, into: &sights)
            for shopper in settings.shoppers { try await look(at: keys, as: shopper, from: view, into: &sights) }
            return sights
        }
        return keys.reduce(into: [:]) { views, key in
            views[key] = sights[RecordKey.folded(key.bytes[...])]?.encoded
        }
    }

    /// The pages of the first products, with a query that no cache has seen.
    private func look(at keys: [RecordKey], _ view: ShopperView, into sights: inout [[UInt8]: PriceSight]) async throws {
        for entry in try await catalogue.find(keys.prefix(Self.pageLimit).map(\.text)) {
            let token = timeline.randomHex(byteCount: 8)
            guard let price = try await view.pagePrice(product: entry.id, .pastCaches(token: token)) else { continue }
            sights[RecordKey.folded(Array(entry.sku.utf8)[...]), default: PriceSight()].add(price, channel: "the product page")
        }
    }

    private func look(at keys: [RecordKey], as shopper: Shopper, from view: ShopperView, into sights: inout [[UInt8]: PriceSight]) async throws {
        let token = try await view.token(email: shopper.email, password: try secrets(shopper.password), store: shopper.store)
        let prices = try await ShopperView.withView(of: endpoint, as: token, timeline: timeline) {
            try await $0.prices(of: keys.map(\.text), store: shopper.store)
        }
        for price in prices {
            sights[RecordKey.folded(Array(price.sku.utf8)[...]), default: PriceSight()].add(price, to: shopper.name, channel: "GraphQL")
        }
    }

    /// Of what a test account alone is shown, nothing is known about guests.
    package func isShown(_ view: EncodedValue) -> Bool {
        (try? PriceSight(encoded: view))?.offers.contains { $0.shopper.isEmpty } ?? false
    }

    package func violation(_ change: Change, before: EncodedValue?, now: EncodedValue) -> String? {
        guard let now = try? PriceSight(encoded: now) else { return nil }
        let before = before.flatMap { try? PriceSight(encoded: $0) }
        let planned = (try? PriceValue(encoded: change.after))?.entries ?? []
        for offer in now.offers where isHarmful(offer, of: now, before: before, planned: planned) {
            let was = before?.lowest(like: offer).map { ", before it was \($0.money)" } ?? ""
            return "\(change.key): \(offer)\(was)"
        }
        return nil
    }

    private func isHarmful(_ offer: PriceSight.Offer, of now: PriceSight, before: PriceSight?, planned: [PriceEntry]) -> Bool {
        let was = before?.lowest(like: offer)
        switch audience {
        case .trade:
            let own = planned.filter { entry in shopper(offer)?.gets(entry.slot.group) == true }
            if let due = Self.lowest(own, like: offer), offer.price >= due { return false }
            if let was { return offer.price < was }
            // Nothing is known of before: then a price of the very list gives it away, unless it is what everybody pays.
            if let regular = now.regular, offer.price >= regular { return false }
            return planned.contains { $0.amount == .fixed(offer.price) }
        case .public:
            // A group's prices may hang on the public one by a discount; what is theirs is judged between plans.
            if shopper(offer)?.group != nil { return false }
            let fixed = planned.filter { if case .fixed = $0.amount { true } else { false } }
            guard let lowest = Self.lowest(fixed, like: offer), let was else { return false }
            return offer.price < min(lowest, was)
        }
    }

    func shopper(_ offer: PriceSight.Offer) -> Shopper? { settings.shoppers.first { $0.name == offer.shopper } }

    /// The least that the entries give for as many pieces; discounts are taken off the price that is shown without reduction.
    static func lowest(_ entries: [PriceEntry], like offer: PriceSight.Offer) -> ExactDecimal? {
        entries.filter { $0.slot.quantity <= offer.quantity }.compactMap { entry in
            switch entry.amount {
            case .fixed(let price): price
            case .discount(let share):
                offer.regular.flatMap { regular in ExactDecimal(100).subtracting(share).flatMap { regular.percentage($0) } }
            }
        }.min()
    }
}
