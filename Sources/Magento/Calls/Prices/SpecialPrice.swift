package import Domain

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
        text.openRow("price", price, store: store, sku: sku)
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
