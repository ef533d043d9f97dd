/// A product as the API describes it.
enum ProductBody {
    /// The answer to a `POST` lacks links and tier prices.
    enum Form { case whole, posted }

    static func json(_ product: Product, _ state: ShopState, store: Int, _ form: Form) -> JSONValue {
        let own = product.storeValues[store] ?? [:]
        let price = state.prices.base[.init(product: product.id, store: store)] ?? product.price
        let isEnabled = own["status"].map { $0 == "1" } ?? product.isEnabled
        var members: [JSONValue.Member] = [
            .init("id", JSONValue(product.id)), .init("sku", .string(product.sku)),
            .init("name", .string(own["name"] ?? product.name)), .init("attribute_set_id", JSONValue(product.attributeSetID)),
            .init("price", .number(price.number)), .init("status", isEnabled ? 1 : 2),
            .init("visibility", JSONValue(product.visibility)), .init("type_id", .string(product.kind.rawValue)),
            .init("created_at", .string(product.createdAt)), .init("updated_at", .string(product.updatedAt)),
        ]
        if let weight = product.weight { members.append(.init("weight", .number(weight))) }
        members.append(
            .init(
                "extension_attributes",
                [
                    "website_ids": .array(product.websiteIDs.map { JSONValue($0) }),
                    "stock_item": LegacyStock.json(product, state.legacyStock[product.id] ?? LegacyStockItem()),
                ]))
        if form == .whole { members.append(.init("product_links", [])) }
        members += [.init("options", []), .init("media_gallery_entries", [])]
        if form == .whole { members.append(.init("tier_prices", .array((state.prices.tiers[product.id] ?? []).map(tier)))) }
        members.append(.init("custom_attributes", .array(attributes(product, own))))
        return .object(members)
    }

    private static func tier(_ tier: PriceBook.Tier) -> JSONValue {
        let group = if case .group(let id) = tier.audience { id } else { 32000 }
        return [
            "customer_group_id": JSONValue(group), "qty": .number(tier.quantity.number),
            "value": .number(tier.value.amount.number), "extension_attributes": ["website_id": JSONValue(tier.website)],
        ]
    }

    private static func attributes(_ product: Product, _ own: [String: String]) -> [JSONValue] {
        let key = product.name.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "-" }
        let standard: [(String, JSONValue)] = [
            ("options_container", "container2"), ("msrp_display_actual_price_type", "0"), ("url_key", .string(String(key))),
            ("required_options", "0"), ("has_options", "0"),
            ("tax_class_id", .string(own["tax_class_id"] ?? product.attributes["tax_class_id"] ?? "0")), ("category_ids", []),
        ]
        let bundle: [(String, JSONValue)] =
            product.kind == .bundle
            ? [("shipment_type", product.shipsTogether ? "0" : "1"), ("price_type", product.hasDynamicPrice ? "0" : "1")] : []
        let further = product.attributes.merging(own) { $1 }
            .filter { !["tax_class_id", "name", "status"].contains($0.key) }.sorted { $0.key < $1.key }
            .map { ($0.key, JSONValue.string($0.value)) }
        return (bundle + standard + further).map { ["attribute_code": .string($0.0), "value": $0.1] }
    }
}
