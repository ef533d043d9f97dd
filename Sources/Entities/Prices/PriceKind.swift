import Domain

/// The four kinds of prices: their fields, and what a price that ends or is missing means for each.
package enum PriceKind: String, Sendable, CaseIterable {
    case base = "prices"
    case special = "special_prices"
    case tier = "tier_prices"
    case cost

    /// What a column is to all kinds alike.
    enum Role: CaseIterable {
        case sku, amount, discount, group, quantity, website, from, to, currency, basis, taxCode, per, pack, unitCost
    }

    /// Each role's field, in the order of a batch's cells.
    var columns: [(role: Role, field: EntityField)] {
        switch self {
        case .base:
            [Self.sku, (.amount, EntityField("price", .decimal, "The product's price."))] + Self.meaning
                + [
                    (.from, EntityField("valid_from", .instant, "When the price starts.")),
                    (.to, EntityField("valid_to", .instant, "When the price ends; a date means that whole day.")),
                    Self.website, Self.unitCost,
                ]
        case .special:
            [
                Self.sku, (.amount, EntityField("special_price", .decimal, "The price while it is on offer.")),
                (.from, EntityField("special_from", .instant, "When the offer starts.")),
                (.to, EntityField("special_to", .instant, "When the offer ends; a date means that whole day.")),
                Self.website,
            ] + Self.meaning + [Self.unitCost]
        case .tier:
            [
                Self.sku, (.group, EntityField("group", .text, "The ERP's code of the customer group.")),
                (.quantity, EntityField("quantity", .decimal, "The price holds from so many pieces on; 1 unless mapped.")),
                (.amount, EntityField("tier_price", .decimal, "The group's price.")),
                (.discount, EntityField("discount", .decimal, "Per cent off the base price, instead of a price.")),
                Self.website, (.from, EntityField("valid_from", .instant, "When the price starts.")),
                (.to, EntityField("valid_to", .instant, "When the price ends; a date means that whole day.")),
            ] + Self.meaning
        case .cost:
            [
                Self.sku, (.amount, EntityField("unit_cost", .decimal, "What the product costs, without tax.")), Self.currency,
                Self.per,
            ]
        }
    }

    /// How the shop's rows of this kind are told in diagnostics.
    var noun: String {
        switch self {
        case .base: "price"
        case .special: "special price"
        case .tier: "tier price"
        case .cost: "cost"
        }
    }

    /// What the gate for products that vanish counts: a product without prices of its kind, where a feed gone wrong would
    /// leave it so. Offers end by themselves, many on one day.
    func isAvailable(_ value: PriceValue?) -> Bool {
        switch self {
        case .base, .tier, .cost: value.map { !$0.isEmpty } ?? false
        case .special: true
        }
    }

    private static let sku = (Role.sku, EntityField("sku", .text, "The product's code, exactly as Magento spells it."))
    private static let website = (Role.website, EntityField("website", .text, "The ERP's code of the website; all where it is blank."))
    private static let unitCost = (
        Role.unitCost, EntityField("unit_cost", .decimal, "What the product costs, for as many units as the price; to judge margins.")
    )
    private static let currency = (Role.currency, EntityField("currency", .text, "The line's currency; it has to be the flow's."))
    private static let per = (Role.per, EntityField("price_per", .decimal, "The price is for so many units; 1 unless mapped."))
    private static let meaning = [
        currency, (Role.basis, EntityField("basis", .text, "net or gross, where lines differ.")),
        (Role.taxCode, EntityField("tax_code", .text, "The ERP's tax code, to turn net into gross or back.")), per,
        (Role.pack, EntityField("pack_size", .decimal, "Units in what the shop sells as one; 1 unless mapped.")),
    ]
}
