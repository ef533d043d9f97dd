/// The shop's prices besides a product's own base price: what store views have of their own, special prices, tiers, cost.
package struct PriceBook: Sendable {
    /// A product in a store; store 0 is the default for all.
    package struct Place: Hashable, Sendable {
        package var product: Int
        package var store: Int

        package init(product: Int, store: Int) {
            self.product = product
            self.store = store
        }
    }

    /// One window per place; a second one takes its place. Times are as they were sent, in the shop's zone.
    package struct Special: Hashable, Sendable {
        package var price: Money
        package var from: String?
        package var to: String?

        package init(price: Money, from: String? = nil, to: String? = nil) {
            self.price = price
            self.from = from
            self.to = to
        }

        /// `time` as the dates are written. Magento lets a window end a whole day after what its end says, as if that were a
        /// date alone.
        func isActive(at time: String) -> Bool {
            (from ?? "") <= time && to.map { time <= ShopClock.dayAfter($0) } ?? true
        }
    }

    package enum Audience: Hashable, Sendable {
        case everyone
        case group(Int)
    }

    package struct Tier: Hashable, Sendable {
        package var website: Int
        package var audience: Audience
        package var quantity: Quantity
        package var value: TierValue

        package init(website: Int = 0, audience: Audience, quantity: Quantity = Quantity(1), value: TierValue) {
            self.website = website
            self.audience = audience
            self.quantity = quantity
            self.value = value
        }
    }

    package enum TierValue: Hashable, Sendable {
        case fixed(Money)
        /// Per cent.
        case discount(Money)

        var amount: Money {
            switch self {
            case .fixed(let amount), .discount(let amount): amount
            }
        }

        func price(of base: Money) -> Money {
            switch self {
            case .fixed(let price): price
            case .discount(let percent): base.discounted(by: percent)
            }
        }
    }

    /// Base prices of store views; the default is the product's own.
    package var base: [Place: Money] = [:]
    package var special: [Place: Special] = [:]
    package var cost: [Place: Money] = [:]
    /// By product, in the order of their first writing.
    package private(set) var tiers: [Int: [Tier]] = [:]

    package init() {}

    /// A tier of the same website, audience and quantity is replaced in its place.
    package mutating func upsert(_ tier: Tier, of product: Int) {
        var rows = tiers[product] ?? []
        let position = rows.firstIndex {
            $0.website == tier.website && $0.audience == tier.audience && $0.quantity == tier.quantity
        }
        if let position { rows[position] = tier } else { rows.append(tier) }
        tiers[product] = rows
    }

    package mutating func removeTiers(of product: Int, where isGone: (Tier) -> Bool) {
        tiers[product]?.removeAll(where: isGone)
        if tiers[product]?.isEmpty == true { tiers[product] = nil }
    }
}

/// `catalog/price/scope`: whether prices may differ between websites.
package enum PriceScope: String, Sendable, CaseIterable { case global, website }

/// The Magento release that the stand-in behaves like where releases differ.
package enum MagentoRelease: String, Sendable, CaseIterable {
    /// Up to 2.4.6: an unknown SKU among tier prices costs its own line.
    case v244 = "2.4.4"
    /// From 2.4.7: an unknown SKU among tier prices is a 404 for the whole call.
    case v247 = "2.4.7"
    /// From 2.4.8: a tier price of one website is refused while prices are global.
    case v248 = "2.4.8"
}
