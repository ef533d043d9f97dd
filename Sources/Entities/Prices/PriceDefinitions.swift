import Domain

/// The base price of a product, per website where the shop's scope allows.
package struct PriceDefinition: PriceListDefinition {
    package let rules: PriceRules
    package init(_ rules: PriceRules) { self.rules = rules }
    package static let kind = PriceKind.base
}

/// Offers for a time; the shop starts and ends them itself, one per product and place.
package struct SpecialPriceDefinition: PriceListDefinition {
    package let rules: PriceRules
    package init(_ rules: PriceRules) { self.rules = rules }
    package static let kind = PriceKind.special
}

/// Prices of customer groups and quantity breaks.
package struct TierPriceDefinition: PriceListDefinition {
    package let rules: PriceRules
    package init(_ rules: PriceRules) { self.rules = rules }
    package static let kind = PriceKind.tier
}

/// What products cost; shoppers do not see it, margins are judged by it.
package struct CostDefinition: PriceListDefinition {
    package let rules: PriceRules
    package init(_ rules: PriceRules) { self.rules = rules }
    package static let kind = PriceKind.cost
}
