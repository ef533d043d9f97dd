/// What a shopper may still buy. An unknown SKU crashes the routes for one product in 2.4.7 (500 in plain text); asked with others it does
/// not sell (transcripts-2, dump-06b).
enum Salability {
    private static let access = Route.Access.resource("Magento_InventorySalesApi::stock")

    static let routes = [
        Route("GET", "inventory/get-product-salable-quantity/:sku/:stockId", access) { (state, call) throws(ShopError) in
            .number(try salable(state, call).number)
        },
        Route("GET", "inventory/is-product-salable/:sku/:stockId", access) { (state, call) throws(ShopError) in
            .bool(try salable(state, call) > .zero)
        },
        Route("GET", "inventory/are-products-salable", access) { (state, call) throws(ShopError) in
            guard let skus = call.query["skus"]?.children.compactMap(\.text), !skus.isEmpty else { throw .required("skus") }
            guard let stock = call.query["stockId"]?.text else { throw .required("stockId") }
            guard let id = Int(stock) else { throw .type("stockId", value: stock, expected: "int") }
            var rows: [JSONValue] = []
            for sku in skus {
                guard let quantity = state.salableQuantity(sku: sku, stockID: id) else { throw .stockItemUnreadable }
                let isBackordered = state.stockIndex.allowsBackorders(of: sku) && state.stockIndex.has(sku: sku, stockID: id)
                rows.append([
                    "sku": .string(sku), "stock_id": JSONValue(id),
                    "salable": .bool(state.catalogue[sku] != nil && (quantity > .zero || isBackordered)),
                ])
            }
            return .array(rows)
        },
        Route("GET", "inventory/dump-stock-index-data/:type/:code", access) { (state, call) throws(ShopError) in
            try StockIndexDump(state, type: call.variable("type"), code: call.variable("code")).whole
        },
        Route("GET", "inventory/export-stock-salable-qty/:type/:code", access) { (state, call) throws(ShopError) in
            try StockIndexDump(state, type: call.variable("type"), code: call.variable("code")).page(state, call.query)
        },
    ]

    private static func salable(_ state: ShopState, _ call: RouteCall) throws(ShopError) -> Quantity {
        guard let id = Int(call.variable("stockId")) else {
            throw .type("stockId", value: call.variable("stockId"), expected: "int")
        }
        guard state.catalogue[call.variable("sku")] != nil else { throw ShopError(page: .applicationError) }
        guard let quantity = state.salableQuantity(sku: call.variable("sku"), stockID: id) else {
            throw .stockItemUnreadable
        }
        return quantity
    }
}
