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
            let kit = isDynamic ? nil : try line(item, .kit, product: item, taxCodes)
            if let kit { lines.append(kit) }
            for part in parts {
                var line = try line(part, isDynamic ? .item : .component, product: part, taxCodes)
                line.partOf = bundle
                if let kit { line.follow(kit) }
                lines.append(line)
            }
        }
        guard !lines.isEmpty else { throw OrderReader.Missing(field: "items") }
        return lines
    }

    /// Of the row's figures, what is left of them without what was refunded and cancelled.
    private func left(
        _ item: JSON, of amount: (String) -> ExactDecimal, ordered: ExactDecimal, canceled: ExactDecimal
    ) -> (tax: ExactDecimal, discount: ExactDecimal, compensation: ExactDecimal) {
        func rest(_ name: String, refunded: String, canceled known: ExactDecimal?) -> ExactDecimal {
            let whole = amount(name)
            let gone = known ?? whole.share(of: canceled, in: ordered)
            return (whole.subtracting(amount(refunded))?.subtracting(gone) ?? whole).rounded(.halfUp, digits: 2)
        }
        func told(_ name: String) -> ExactDecimal? { item[prefix + name]?.decimal.map(OrderReader.money) }
        return (
            rest("tax_amount", refunded: "tax_refunded", canceled: told("tax_canceled")),
            rest("discount_amount", refunded: "discount_refunded", canceled: nil),
            rest(
                "discount_tax_compensation_amount", refunded: "discount_tax_compensation_refunded",
                canceled: told("discount_tax_compensation_canceled"))
        )
    }

    private func line(
        _ item: JSON, _ kind: OrderLine.Kind, product: JSON, _ taxCodes: [Int: String]
    ) throws(OrderReader.Missing) -> OrderLine {
        func amount(_ name: String) -> ExactDecimal { OrderReader.amount(item, prefix + name) }
        let id = try OrderReader.whole(item, "item_id")
        guard let quantity = item["qty_ordered"]?.decimal else { throw OrderReader.Missing(field: "qty_ordered") }
        let price = amount("price")
        let canceled = OrderReader.amount(item, "qty_canceled")
        let refunded = OrderReader.amount(item, "qty_refunded")
        let isReduced = !canceled.isZero || !refunded.isZero
        let rest = isReduced ? max(.zero, quantity.subtracting(canceled)?.subtracting(refunded) ?? .zero) : quantity
        let figures =
            isReduced
            ? left(item, of: amount, ordered: quantity, canceled: canceled)
            : (amount("tax_amount"), amount("discount_amount"), amount("discount_tax_compensation_amount"))
        let surcharge = prefix.isEmpty ? amount("weee_tax_applied_row_amount") : amount("weee_tax_applied_row_amnt")
        return OrderLine(
            id: id, productID: product["product_id"]?.whole ?? 0, kind: kind, orderedSKU: try OrderReader.text(item, "sku"),
            catalogueSKU: item[OrderSource.catalogueSKU]?.text, name: OrderReader.words(item, "name"), isVirtual: item["is_virtual"]?.whole == 1,
            ordered: quantity, canceled: canceled, refunded: refunded, quantity: rest,
            unitPrice: price, unitPriceWithTax: item[prefix + "price_incl_tax"] == nil ? price : amount("price_incl_tax"),
            discount: figures.1, discountTaxCompensation: figures.2,
            taxPercent: OrderReader.amount(item, "tax_percent"), tax: figures.0,
            surcharge: isReduced ? surcharge.share(of: rest, in: quantity).rounded(.halfUp, digits: 2) : surcharge,
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
