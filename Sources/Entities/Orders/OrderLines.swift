import Domain
import Magento

/// The rows that money and goods hang on. Magento lists parents and children side by side:
///
/// * configurable: the parent has the amounts and the chosen variant's SKU; its child, whatever price it bears, is left out;
/// * bundle with a dynamic price: the children have the amounts; the parent repeats their sum and is left out;
/// * bundle with a fixed price: the parent has the amounts; the children follow as parts without a price;
/// * grouped, simple, virtual: each row for itself.
struct OrderLines {
    let prefix: String

    func read(_ items: [JSON], taxCodes: [Int: String]) throws(OrderReader.Missing) -> [OrderLine] {
        var children: [Int: [JSON]] = [:]
        for item in items { if let parent = item["parent_item_id"]?.whole { children[parent, default: []].append(item) } }
        var lines: [OrderLine] = []
        for item in items where item["parent_item_id"]?.whole == nil {
            let id = try OrderReader.whole(item, "item_id")
            let parts = children[id] ?? []
            guard item["product_type"]?.text == "bundle", !parts.isEmpty else {
                // The child's number is that of what is picked and packed.
                let picked = item["product_type"]?.text == "configurable" ? parts.first : nil
                lines.append(try line(item, .item, product: picked ?? item, taxCodes))
                continue
            }
            let isDynamic = parts.contains { !OrderReader.amount($0, prefix + "price").isZero }
            let bundle = OrderReader.words(item, "sku")
            if !isDynamic { lines.append(try line(item, .kit, product: item, taxCodes)) }
            for part in parts {
                var line = try line(part, isDynamic ? .item : .component, product: part, taxCodes)
                line.partOf = bundle
                lines.append(line)
            }
        }
        guard !lines.isEmpty else { throw OrderReader.Missing(field: "items") }
        return lines
    }

    private func line(
        _ item: JSON, _ kind: OrderLine.Kind, product: JSON, _ taxCodes: [Int: String]
    ) throws(OrderReader.Missing) -> OrderLine {
        func amount(_ name: String) -> ExactDecimal { OrderReader.amount(item, prefix + name) }
        let id = try OrderReader.whole(item, "item_id")
        guard let quantity = item["qty_ordered"]?.decimal else { throw OrderReader.Missing(field: "qty_ordered") }
        let price = amount("price")
        return OrderLine(
            id: id, productID: product["product_id"]?.whole ?? 0, kind: kind, orderedSKU: try OrderReader.text(item, "sku"),
            catalogueSKU: item[OrderSource.catalogueSKU]?.text, name: OrderReader.words(item, "name"), isVirtual: item["is_virtual"]?.whole == 1,
            quantity: quantity,
            unitPrice: price, unitPriceWithTax: item[prefix + "price_incl_tax"] == nil ? price : amount("price_incl_tax"),
            discount: amount("discount_amount"), discountTaxCompensation: amount("discount_tax_compensation_amount"),
            taxPercent: OrderReader.amount(item, "tax_percent"), tax: amount("tax_amount"),
            surcharge: prefix.isEmpty ? amount("weee_tax_applied_row_amount") : amount("weee_tax_applied_row_amnt"),
            taxCode: taxCodes[id] ?? "", options: Self.options(item), partOf: ""
        )
    }

    /// Custom options: the API gives ids and values. A text the customer typed is its own value.
    private static func options(_ item: JSON) -> [String] {
        (item["product_option"]?["extension_attributes"]?["custom_options"]?.elements ?? []).compactMap { option in
            guard let value = option["option_value"]?.text, !value.isEmpty else { return nil }
            return option["option_id"].flatMap { $0.text ?? $0.whole.map(String.init) }.map { "\($0): \(value)" } ?? value
        }
    }
}
