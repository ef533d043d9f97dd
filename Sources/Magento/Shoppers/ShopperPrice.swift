package import Domain

/// What a shopper is shown of one product.
package struct ShopperPrice: Hashable, Sendable {
    package struct Tier: Hashable, Sendable {
        package var quantity: ExactDecimal
        package var price: ExactDecimal
    }

    package var sku: String
    package var currency: String
    package var regular: ExactDecimal
    package var final: ExactDecimal
    package var tiers: [Tier]

    /// `nil` where a member is missing or no exact number.
    init?(_ json: JSON) {
        let minimum = json["price_range"]?["minimum_price"]
        guard let sku = json["sku"]?.text, let regular = minimum?["regular_price"]?["value"]?.decimal,
            let final = minimum?["final_price"]?["value"]?.decimal, let currency = minimum?["final_price"]?["currency"]?.text
        else { return nil }
        self.sku = sku
        self.currency = currency
        self.regular = regular
        self.final = final
        tiers = []
        for tier in json["price_tiers"]?.elements ?? [] {
            guard let quantity = tier["quantity"]?.decimal, let price = tier["final_price"]?["value"]?.decimal else { return nil }
            tiers.append(Tier(quantity: quantity, price: price))
        }
    }
}
