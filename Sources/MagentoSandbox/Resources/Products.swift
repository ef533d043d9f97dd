/// Looking products up.
enum Products {
    private static let access = Route.Access.resource("Magento_Catalog::products")

    static let routes = [
        Route("GET", "products", access) { (state, call) throws(ShopError) in
            let catalogue = state.catalogue
            return try SearchResult.json(
                search, over: { $0.map(catalogue.products(foldedSKUs:)) ?? catalogue.products }, call.query,
                limits: state.limits, row: json)
        },
        Route("GET", "products/:sku", access) { (state, call) throws(ShopError) in
            guard let product = state.catalogue[call.variable("sku")] else { throw .unknownProduct }
            return json(product)
        },
    ]

    private static let search = Search<Product>(
        fields: [
            "sku": .folded { $0.folded }, "name": .text { $0.name }, "type_id": .text { $0.kind.rawValue },
            "entity_id": .number { Quantity(Int64($0.id)) }, "price": .number { $0.price },
            "status": .number { Quantity($0.isEnabled ? 1 : 2) },
            "created_at": .text { $0.createdAt }, "updated_at": .text { $0.updatedAt },
        ],
        unknownField: { .invalidAttribute($0) }
    )

    private static func json(_ product: Product) -> JSONValue {
        [
            "id": JSONValue(product.id), "sku": .string(product.sku), "name": .string(product.name),
            "attribute_set_id": 4, "price": .number(product.price.number), "status": product.isEnabled ? 1 : 2,
            "visibility": 4, "type_id": .string(product.kind.rawValue), "created_at": .string(product.createdAt),
            "updated_at": .string(product.updatedAt), "weight": .number("0.5"),
            "extension_attributes": ["website_ids": .array(product.websiteIDs.map { JSONValue($0) })],
            "product_links": [], "options": [], "media_gallery_entries": [], "tier_prices": [],
            "custom_attributes": [["attribute_code": "required_options", "value": "0"]],
        ]
    }
}
