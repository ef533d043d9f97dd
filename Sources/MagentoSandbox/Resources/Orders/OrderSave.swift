/// `POST orders` and `PUT orders/create`: a raw save of the columns that are sent. It is used here to mark an order; making
/// one this way is refused as the shop refused it.
enum OrderSave {
    static let routes = [
        Route("POST", "orders", .resource("Magento_Sales::create")) { (state, call) throws(ShopError) in try save(&state, &call) },
        Route("PUT", "orders/create", .resource("Magento_Sales::create")) { (state, call) throws(ShopError) in try save(&state, &call) },
    ]

    private static func save(_ state: inout ShopState, _ call: inout RouteCall) throws(ShopError) -> JSONValue {
        let body = try call.required("entity")
        guard let id = body.field("entity_id")?.whole, state.sales[id] != nil else { throw .noPayment }
        let stamp = ShopClock.stamp(call.now)
        let wantedState = body.field("state")?.text
        let wantedStatus = body.field("status")?.text
        let external = body.field("ext_order_id")?.text
        state.sales.update(id) { order in
            // Written as they come, without a look at what a status may follow.
            if let wanted = wantedState.flatMap(SalesOrder.State.init) { order.state = wanted }
            if let wantedStatus { order.status = wantedStatus }
            if let external { order.externalID = external }
            order.updatedAt = stamp
        }
        guard let order = state.sales[id] else { throw .unknownEntity }
        if let external { call.note(order, "ext_order_id", external) }
        if let wantedStatus { call.note(order, "status", wantedStatus) }

        var m = JSONMembers()
        m.add("base_grand_total", JSONValue.null)
        m.add("base_total_due", 0)
        m.add("billing_address_id", order.billing.id)
        m.add("created_at", order.createdAt)
        m.add("customer_email", JSONValue.null)
        m.add("entity_id", id)
        m.add("ext_order_id", external)
        m.add("grand_total", JSONValue.null)
        m.add("state", wantedState)
        m.add("status", wantedStatus)
        m.add("total_due", 0)
        m.add("updated_at", order.updatedAt)
        m.add("items", .array(order.lines.map { OrderItemBody.json($0, of: order, release: state.release, .saved) }))
        m.add("billing_address", OrderBody.address(order.billing, "billing", of: order))
        m.add("payment", OrderBody.payment(order))
        m.add("status_histories", .array(order.comments.reversed().map { OrderBody.comment($0, of: order) }))
        return m.object
    }
}
