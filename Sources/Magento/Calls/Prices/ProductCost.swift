package import Domain

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
        text.openRow("cost", cost, store: store, sku: sku)
        text.raw("}")
    }

    package func isMeant(by failure: PriceFailure) -> PriceFailure.Match {
        failure.matchOfPlain(sku: sku, store: store, amount: cost)
    }
}
