/// Reading orders and their rows.
enum Orders {
    private static let access = Route.Access.resource("Magento_Sales::actions_view")

    static let routes = [
        Route("GET", "orders", access) { (state, call) throws(ShopError) in
            let shop = state
            let now = call.now
            // What a projection leaves out need not be made.
            let fields = call.query["fields"]?.text ?? "extension_attributes"
            let extent = fields.contains("extension_attributes") ? OrderBody.Extent.whole : .withoutExtensions
            return try SearchResult.json(
                search, over: { _ in shop.sales.orders.filter { $0.visibleFrom <= now } }, call.query, limits: state.limits,
                row: { OrderBody.json($0, shop, extent) })
        },
        Route("GET", "orders/items", access) { (state, call) throws(ShopError) in
            let shop = state
            let now = call.now
            let rows = shop.sales.orders.filter { $0.visibleFrom <= now }.flatMap { order in order.lines.map { Row(order: order, line: $0) } }
            return try SearchResult.json(
                itemSearch, over: { _ in rows }, call.query, limits: state.limits,
                row: { OrderItemBody.json($0.line, of: $0.order, release: shop.release, .listed) })
        },
        Route("GET", "orders/:id", access) { (state, call) throws(ShopError) in
            OrderBody.json(try order(state, call), state)
        },
        Route("GET", "orders/:id/statuses", access) { (state, call) throws(ShopError) in
            .string(try order(state, call).status)
        },
        Route("GET", "orders/:id/comments", access) { (state, call) throws(ShopError) in
            let order = try order(state, call)
            var criteria = SearchCriteria()
            criteria.groups = [[.init(field: "parent_id", value: String(order.id), condition: "eq")]]
            return [
                "items": .array(order.comments.map { OrderBody.comment($0, of: order) }), "search_criteria": criteria.echo,
                "total_count": JSONValue(order.comments.count),
            ]
        },
    ]

    private struct Row: Sendable {
        var order: SalesOrder
        var line: SalesLine
    }

    /// The order of the path.
    static func order(_ state: ShopState, _ call: RouteCall, variable: String = "id") throws(ShopError) -> SalesOrder {
        let text = call.variable(variable)
        guard let id = Int(text) else { throw .pathType(text) }
        guard let order = state.sales[id], order.visibleFrom <= call.now else { throw .unknownEntity }
        return order
    }

    private static let search = Search<SalesOrder>(
        fields: [
            "entity_id": .number { Quantity(Int64($0.id)) }, "increment_id": .text { $0.incrementID },
            "state": .text { $0.state.rawValue }, "status": .text { $0.status }, "store_id": .number { Quantity(Int64($0.storeID)) },
            "created_at": .stamp { $0.createdAt }, "updated_at": .stamp { $0.updatedAt },
            "ext_order_id": .optional { $0.externalID }, "customer_email": .text { $0.billing.email },
            "customer_id": .optional { $0.buyer.customerID.map { String($0) } },
            "customer_group_id": .number { Quantity(Int64($0.buyer.groupID)) },
            "grand_total": .number { Quantity(tenThousandths: $0.grandTotal.millionths / 100) },
            "quote_id": .number { Quantity(Int64($0.quoteID)) },
        ],
        unknownField: { _ in .internal(report: "6b00f4e7c41ff") })

    private static let itemSearch = Search<Row>(
        fields: [
            "order_id": .number { Quantity(Int64($0.order.id)) }, "item_id": .number { Quantity(Int64($0.line.id)) },
            "sku": .text { $0.line.sku }, "product_id": .number { Quantity(Int64($0.line.productID)) },
        ],
        unknownField: { _ in .internal(report: "6b00f4e7c4200") })
}
