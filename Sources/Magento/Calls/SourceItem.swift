package import Domain

/// A row of MSI: how much of a SKU a source holds.
package struct SourceItem: Hashable, Sendable {
    package var sku: String
    package var source: String
    package var quantity: ExactDecimal
    package var isInStock: Bool

    package init(sku: String, source: String, quantity: ExactDecimal, isInStock: Bool) {
        self.sku = sku
        self.source = source
        self.quantity = quantity
        self.isInStock = isInStock
    }

    /// `nil` where a member is missing or no exact number.
    init?(_ json: JSON) {
        guard let sku = json["sku"]?.text, let source = json["source_code"]?.text, let quantity = json["quantity"]?.decimal,
            let status = json["status"]?.whole
        else { return nil }
        self.init(sku: sku, source: source, quantity: quantity, isInStock: status == 1)
    }
}
