package import Domain

/// A line of a price call, and a row that the shop reads back.
package protocol PriceRow: Hashable, Sendable {
    /// In the catalogue's spelling.
    var sku: String { get }
    /// Writes the line as one JSON object.
    func write(into text: inout JSONText)
    /// `nil` where a member is missing or no exact number.
    init?(_ json: JSON)
    /// Whether a failure with these parameters speaks of this line: see `PriceFailures`.
    func isMeant(by failure: PriceFailure) -> PriceFailure.Match
}

/// A product's price in one store; store 0 is the default of all.
package struct BasePrice: PriceRow {
    package var sku: String
    package var store: Int
    package var price: ExactDecimal

    package init(sku: String, store: Int = 0, price: ExactDecimal) {
        self.sku = sku
        self.store = store
        self.price = price
    }

    package init?(_ json: JSON) {
        guard let sku = json["sku"]?.text, let store = json["store_id"]?.whole, let price = json["price"]?.decimal else {
            return nil
        }
        self.init(sku: sku, store: store, price: price)
    }

    package func write(into text: inout JSONText) {
        text.raw("{\"price\":")
        text.number(price.description)
        text.raw(",\"store_id\":")
        text.number(String(store))
        text.raw(",\"sku\":")
        text.string(sku)
        text.raw("}")
    }

    package func isMeant(by failure: PriceFailure) -> PriceFailure.Match {
        failure.matchOfPlain(sku: sku, store: store, amount: price)
    }
}

/// What a product costs the shop, in one store.
package struct ProductCost: PriceRow {
    package var sku: String
    package var store: Int
    package var cost: ExactDecimal

    package init(sku: String, store: Int = 0, cost: ExactDecimal) {
        self.sku = sku
        self.store = store
        self.cost = cost
    }

    package init?(_ json: JSON) {
        guard let sku = json["sku"]?.text, let store = json["store_id"]?.whole, let cost = json["cost"]?.decimal else {
            return nil
        }
        self.init(sku: sku, store: store, cost: cost)
    }

    package func write(into text: inout JSONText) {
        text.raw("{\"cost\":")
        text.number(cost.description)
        text.raw(",\"store_id\":")
        text.number(String(store))
        text.raw(",\"sku\":")
        text.string(sku)
        text.raw("}")
    }

    package func isMeant(by failure: PriceFailure) -> PriceFailure.Match {
        failure.matchOfPlain(sku: sku, store: store, amount: cost)
    }
}

/// A price for some time, in one store. There is one per product and store.
package struct SpecialPrice: PriceRow {
    package var sku: String
    package var store: Int
    package var price: ExactDecimal
    /// `2026-11-01 00:00:00` in the store's zone; `nil`: always.
    package var from: String?
    package var to: String?

    package init(sku: String, store: Int = 0, price: ExactDecimal, from: String? = nil, to: String? = nil) {
        self.sku = sku
        self.store = store
        self.price = price
        self.from = from
        self.to = to
    }

    package init?(_ json: JSON) {
        guard let sku = json["sku"]?.text, let store = json["store_id"]?.whole, let price = json["price"]?.decimal else {
            return nil
        }
        self.init(sku: sku, store: store, price: price, from: json["price_from"]?.text, to: json["price_to"]?.text)
    }

    package func write(into text: inout JSONText) {
        text.raw("{\"price\":")
        text.number(price.description)
        text.raw(",\"store_id\":")
        text.number(String(store))
        text.raw(",\"sku\":")
        text.string(sku)
        if let from {
            text.raw(",\"price_from\":")
            text.string(from)
        }
        if let to {
            text.raw(",\"price_to\":")
            text.string(to)
        }
        text.raw("}")
    }

    package func isMeant(by failure: PriceFailure) -> PriceFailure.Match {
        let row = failure.parameters.suffix(4)
        guard row.count == 4 else { return .unclear }
        return Array(row) == [sku, String(store), from, to] ? .yes : .no
    }
}

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
