/// The stock routes from before MSI; they touch the source `default` only.
enum LegacyStock {
    private static let access = Route.Access.resource("Magento_CatalogInventory::cataloginventory")

    static let routes = [
        Route("GET", "stockItems/:sku", access) { (state, call) throws(ShopError) in
            guard let product = state.catalogue[call.variable("sku")] else { throw .unknownProduct }
            return json(product, state.legacyStock[product.id] ?? LegacyStockItem())
        },
        Route("PUT", "products/:sku/stockItems/:itemId", access) { (state, call) throws(ShopError) in
            guard let product = state.catalogue[call.variable("sku")] else { throw .unknownProduct }
            let item = try call.required("stockItem")
            var row = state.legacyStock[product.id] ?? LegacyStockItem()
            if let quantity = item.field("qty") { row.quantity = try SourceItems.quantity(quantity, field: "qty") }
            if let isInStock = item.field("is_in_stock") { row.isInStock = isInStock == true || isInStock.whole == 1 }
            if let manages = item.field("manage_stock") { row.managesStock = manages == true || manages.whole == 1 }
            state.legacyStock[product.id] = row
            state.sourceItems.upsert(
                sku: product.sku, source: "default", quantity: row.quantity ?? .zero, isInStock: row.isInStock)
            call.committed.append(
                JournalItem(key: "\(product.sku)@default", value: "\((row.quantity ?? .zero).number)/\(row.isInStock ? 1 : 0)"))
            return JSONValue(product.id)
        },
    ]

    static func json(_ product: Product, _ item: LegacyStockItem) -> JSONValue {
        [
            "item_id": JSONValue(product.id), "product_id": JSONValue(product.id), "stock_id": 1,
            "qty": item.quantity.map { .number($0.number) } ?? .null, "is_in_stock": .bool(item.isInStock),
            "is_qty_decimal": false, "show_default_notification_message": false, "use_config_min_qty": true, "min_qty": 0,
            "use_config_min_sale_qty": 1, "min_sale_qty": 1, "use_config_max_sale_qty": true, "max_sale_qty": 10000,
            "use_config_backorders": true, "backorders": 0, "use_config_notify_stock_qty": true, "notify_stock_qty": 1,
            "use_config_qty_increments": true, "qty_increments": 0, "use_config_enable_qty_inc": true,
            "enable_qty_increments": false, "use_config_manage_stock": .bool(item.managesStock),
            "manage_stock": .bool(item.managesStock), "low_stock_date": PriceFailure.text(item.lowSince), "is_decimal_divided": false,
            "stock_status_changed_auto": 0,
        ]
    }
}
