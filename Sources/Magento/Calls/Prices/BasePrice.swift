package import Domain

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
        text.openRow("price", price, store: store, sku: sku)
        text.raw("}")
    }

    package func isMeant(by failure: PriceFailure) -> PriceFailure.Match {
        failure.matchOfPlain(sku: sku, store: store, amount: price)
    }
}
