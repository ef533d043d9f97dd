package import Magento

/// What a feed may write, and how much of one kind of oddity is chance.
package struct LeakPolicy: Sendable {
    /// A feed for the trade writes neither base nor special prices.
    package var audience: GroupPins.Audience
    package var pins: GroupPins
    package var scope: PriceScope
    /// Prices for all websites where websites have their own.
    package var everywhere: PriceLimits.Switch
    /// A trade group as the one that whoever registers is put into: allowed where nobody can register.
    package var defaultGroup: PriceLimits.Switch
    /// In per cent: how far the middle one of the changed prices may move.
    package var drift: Int
    /// In per cent of the compared rows: public prices not above the trade's.
    package var belowTrade: Int
    /// In per cent of the changed rows: prices more than doubled or halved.
    package var scatter: Int
    /// In per cent of the known products: those that lose a price.
    package var vanish: Int
    /// Fewer changed rows than this have no middle but by chance.
    package var fewest: Int

    package init(
        audience: GroupPins.Audience,
        pins: GroupPins = GroupPins(),
        scope: PriceScope = .global,
        everywhere: PriceLimits.Switch = .hold,
        defaultGroup: PriceLimits.Switch = .hold,
        drift: Int = 15,
        belowTrade: Int = 10,
        scatter: Int = 30,
        vanish: Int = 20,
        fewest: Int = 3
    ) {
        self.audience = audience
        self.pins = pins
        self.scope = scope
        self.everywhere = everywhere
        self.defaultGroup = defaultGroup
        self.drift = drift
        self.belowTrade = belowTrade
        self.scatter = scatter
        self.vanish = vanish
        self.fewest = fewest
    }
}
