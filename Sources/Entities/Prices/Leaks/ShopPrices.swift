package import Domain
package import Magento

/// What the shop shows to whom now, as far as the planned products are concerned.
package struct ShopPrices: Sendable {
    package var websites: [Stores.Website]
    /// Public prices by product and place.
    package var publicPrices: [RecordKey: [PricePlace: ExactDecimal]]
    /// Fixed prices from one piece on, by product and group; of public groups none.
    package var groupPrices: [RecordKey: [String: ExactDecimal]]
    package var costs: [RecordKey: ExactDecimal]

    package init(
        websites: [Stores.Website] = [],
        publicPrices: [RecordKey: [PricePlace: ExactDecimal]] = [:],
        groupPrices: [RecordKey: [String: ExactDecimal]] = [:],
        costs: [RecordKey: ExactDecimal] = [:]
    ) {
        self.websites = websites
        self.publicPrices = publicPrices
        self.groupPrices = groupPrices
        self.costs = costs
    }

    /// Takes in a mirror value of one of the price entities.
    package mutating func add(_ value: EncodedValue, of sku: RecordKey, kind: PriceKind) {
        guard let value = try? PriceValue(encoded: value) else { return }
        for entry in value.entries {
            guard case .fixed(let price) = entry.amount else { continue }
            switch kind {
            case .base: publicPrices[sku, default: [:]][entry.slot.place] = price
            case .tier where entry.slot.quantity == 1: groupPrices[sku, default: [:]][entry.slot.group] = price
            case .cost: costs[sku] = price
            case .tier, .special: break
            }
        }
    }

    func publicPrice(_ sku: RecordKey, _ place: PricePlace) -> ExactDecimal? {
        publicPrices[sku]?[place] ?? publicPrices[sku]?[.everywhere]
    }
}
