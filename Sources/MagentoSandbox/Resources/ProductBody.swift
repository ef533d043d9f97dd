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
                    product.kind == .bundle ? "bundle_product_options" : "stock_item": product.kind == .bundle
                        ? options(of: product, state) : LegacyStock.json(product, state.legacyStock[product.id] ?? LegacyStockItem()),
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

    /// A bundle is told by its parts and not by a row of stock (transcripts-2, bundle-05).
    private static func options(of bundle: Product, _ state: ShopState) -> JSONValue {
        .array(
            bundle.parts.enumerated().map { index, part in
                let number = JSONValue(index + 1)
                let price = bundle.hasDynamicPrice ? state.catalogue[part.sku]?.price ?? .zero : .zero
                let link: JSONValue = [
                    "id": .string(String(index + 1)), "sku": .string(part.sku), "option_id": number, "qty": .number(part.each.number),
                    "position": 0, "is_default": true, "price": .number(price.number), "price_type": bundle.hasDynamicPrice ? .null : 0,
                    "can_change_quantity": 0,
                ]
                return [
                    "option_id": number, "title": .string("Part \(index + 1)"), "required": true, "type": "select", "position": number,
                    "sku": .string(bundle.sku), "product_links": [link],
                ]
            })
    }

    private static func attributes(_ product: Product, _ own: [String: String]) -> [JSONValue] {
        let key = product.name.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "-" }
        let isBundle = product.kind == .bundle
        // In the order of the attributes' ids.
        let standard: [(code: String, value: JSONValue, isBundleOnly: Bool)] = [
            ("shipment_type", product.shipsTogether ? "0" : "1", true), ("options_container", "container2", false),
            ("msrp_display_actual_price_type", "0", false), ("url_key", .string(String(key)), false), ("price_view", "0", true),
            ("required_options", "0", false), ("has_options", "0", false), ("sku_type", "1", true),
            ("price_type", product.hasDynamicPrice ? "0" : "1", true),
            ("tax_class_id", .string(own["tax_class_id"] ?? product.attributes["tax_class_id"] ?? "0"), false), ("weight_type", "1", true),
            ("category_ids", [], false),
        ]
        let further = product.attributes.merging(own) { $1 }
            .filter { !["tax_class_id", "name", "status"].contains($0.key) }.sorted { $0.key < $1.key }
            .map { ($0.key, JSONValue.string($0.value)) }
        return (standard.filter { isBundle || !$0.isBundleOnly }.map { ($0.code, $0.value) } + further).map {
            ["attribute_code": .string($0.0), "value": $0.1]
        }
    }
}
