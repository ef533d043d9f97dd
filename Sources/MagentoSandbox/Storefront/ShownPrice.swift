/// A product's prices as one shopper sees them at one store view and moment.
struct ShownPrice: Hashable, Sendable {
    var sku: String
    var name: String
    var regular: Money
    var final: Money
    var special: Money?
    /// For more than one piece, by quantity.
    var tiers: [Tier]

    struct Tier: Hashable, Sendable {
        var quantity: Quantity
        var price: Money
    }
}

extension ShopState {
    /// `nil` where the shopper does not get to see the product: unknown, disabled, not visible individually, out of stock where the shop
    /// hides such, or not of the store's website.
    func shown(_ sku: String, store: StoreView, group: Int, now: Int64) -> ShownPrice? {
        guard let present = catalogue[sku] else { return nil }
        let entry = storefront.indexed(entry(present))
        let product = entry.product
        guard product.isEnabled, product.websiteIDs.contains(store.websiteID), product.visibility != 1 else { return nil }
        guard storefront.showsOutOfStock || (salableQuantity(sku: sku, stockID: stockID(ofStore: store.id)) ?? .zero) > .zero else { return nil }
        let regular = entry.base[store.id] ?? product.price
        let time = ShopClock.stamp(now, timezone: configuration.timezone)
        let special = (entry.special[store.id] ?? entry.special[0]).flatMap { $0.isActive(at: time) ? $0.price : nil }
        let tiers = entry.tiers.filter {
            ($0.website == 0 || $0.website == store.websiteID)
                && ($0.audience == .everyone || $0.audience == .group(group) || storefront.leaks.contains($0.audience))
        }
        let first = tiers.filter { $0.quantity <= Quantity(1) }.map { $0.value.price(of: regular) }
        let further = tiers.filter { $0.quantity > Quantity(1) }.sorted { $0.quantity < $1.quantity }
        let tax = configuration.displayedTax
        return ShownPrice(
            sku: product.sku, name: product.storeValues[store.id]?["name"] ?? product.name, regular: regular.taxed(tax),
            final: (([regular] + [special].compactMap { $0 } + first).min() ?? regular).taxed(tax), special: special?.taxed(tax),
            tiers: further.map { .init(quantity: $0.quantity, price: $0.value.price(of: regular).taxed(tax)) })
    }
}
