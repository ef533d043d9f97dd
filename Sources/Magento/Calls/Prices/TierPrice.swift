package import Domain

/// A price of a customer group from some quantity on.
package struct TierPrice: PriceRow {
    package enum Value: Hashable, Sendable {
        case fixed(ExactDecimal)
        /// Per cent off the base price.
        case discount(ExactDecimal)

        package var amount: ExactDecimal {
            switch self {
            case .fixed(let amount), .discount(let amount): amount
            }
        }
    }

    /// How the shop writes the group of everybody, in any letter case.
    package static let allGroups = "ALL GROUPS"

    package var sku: String
    /// 0: all websites.
    package var website: Int
    /// By name; letter case does not count.
    package var group: String
    package var quantity: ExactDecimal
    package var value: Value

    package init(sku: String, website: Int = 0, group: String, quantity: ExactDecimal = 1, value: Value) {
        self.sku = sku
        self.website = website
        self.group = group
        self.quantity = quantity
        self.value = value
    }

    package init?(_ json: JSON) {
        guard let sku = json["sku"]?.text, let website = json["website_id"]?.whole, let group = json["customer_group"]?.text,
            let quantity = json["quantity"]?.decimal, let amount = json["price"]?.decimal
        else { return nil }
        switch json["price_type"]?.text {
        case "fixed": self.init(sku: sku, website: website, group: group, quantity: quantity, value: .fixed(amount))
        case "discount": self.init(sku: sku, website: website, group: group, quantity: quantity, value: .discount(amount))
        default: return nil
        }
    }

    package func write(into text: inout JSONText) {
        text.raw("{\"price\":")
        text.number(value.amount.description)
        switch value {
        case .fixed: text.raw(",\"price_type\":\"fixed\"")
        case .discount: text.raw(",\"price_type\":\"discount\"")
        }
        text.raw(",\"website_id\":")
        text.number(String(website))
        text.raw(",\"sku\":")
        text.string(sku)
        text.raw(",\"customer_group\":")
        text.string(group)
        text.raw(",\"quantity\":")
        text.number(quantity.description)
        text.raw("}")
    }

    /// A collision is told with the values of the row it collides with, whose website may be another.
    package func isMeant(by failure: PriceFailure) -> PriceFailure.Match {
        let row = Array(failure.parameters.suffix(4))
        guard row.count == 4 else { return .unclear }
        guard row[0] == sku, row[2]?.lowercased() == group.lowercased(), row[3].flatMap({ ExactDecimal(plain: $0) }) == quantity
        else { return .no }
        return row[1] == String(website) ? .yes : .nearly
    }
}
