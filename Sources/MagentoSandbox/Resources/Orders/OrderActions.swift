/// Cancel, hold, unhold, comment.
enum OrderActions {
    static let routes = [
        Route("POST", "orders/:id/cancel", .resource("Magento_Sales::cancel")) { (state, call) throws(ShopError) in
            let order = try Orders.order(state, call)
            let isDone = try state.cancel(order.id, now: call.now)
            if isDone { call.note(order, "cancel", "canceled") }
            return .bool(isDone)
        },
        Route("POST", "orders/:id/hold", .resource("Magento_Sales::hold")) { (state, call) throws(ShopError) in
            let order = try Orders.order(state, call)
            try state.hold(order.id, now: call.now)
            call.note(order, "hold", "held")
            return true
        },
        Route("POST", "orders/:id/unhold", .resource("Magento_Sales::unhold")) { (state, call) throws(ShopError) in
            let order = try Orders.order(state, call)
            try state.unhold(order.id, now: call.now)
            call.note(order, "hold", "released")
            return true
        },
        Route("POST", "orders/:id/comments", .resource("Magento_Sales::comment")) { (state, call) throws(ShopError) in
            let order = try Orders.order(state, call)
            let body = try call.required("statusHistory")
            let isNotified = body.flag("is_customer_notified")
            let text = body.field("comment")?.text ?? ""
            try state.comment(
                order.id, text, status: body.field("status")?.text, isNotified: isNotified,
                isVisible: body.flag("is_visible_on_front"), now: call.now)
            call.note(order, "comment", text)
            if isNotified { call.note(order, "notification", "order comment") }
            return true
        },
    ]
}

extension RouteCall {
    /// `order:000000037/shipment` became `10: 90×2`.
    mutating func note(_ order: SalesOrder, _ what: String, _ value: String) {
        committed.append(JournalItem(key: "order:\(order.incrementID)/\(what)", value: value))
    }

    mutating func note(_ order: SalesOrder, _ what: String, document id: Int, _ lines: [(id: Int, quantity: Quantity)], isNotified: Bool) {
        note(order, what, "\(id): " + lines.map { "\($0.id)×\($0.quantity.number)" }.joined(separator: " "))
        if isNotified { note(order, "notification", "\(what) \(id)") }
    }
}

extension JSONValue {
    /// PHP's idea of true.
    func flag(_ name: String) -> Bool {
        switch field(name) {
        case .bool(let flag)?: flag
        case .number(let digits)?, .string(let digits)?: digits != "0" && !digits.isEmpty
        case nil, .null?, .array?, .object?: false
        }
    }
}
