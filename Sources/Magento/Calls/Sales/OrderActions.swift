/// Cancelling, holding and commenting on an order.
package struct OrderActions: Sendable {
    private let transport: any ShopTransport

    package init(_ transport: any ShopTransport) { self.transport = transport }

    /// Safe to repeat. Done with `false` where the order cannot be cancelled (any more): a success only where the payload is `true`.
    package func cancel(order: Int) async -> Answer { await act("cancel", order, expects: .flag) }

    /// Safe to repeat: an order that is on hold already refuses.
    package func hold(order: Int) async -> Answer { await act("hold", order, expects: .yes) }
    package func unhold(order: Int) async -> Answer { await act("unhold", order, expects: .yes) }

    /// One more line of the order's history, with a status where it is to change. Not repeatable.
    package func submitComment(order: Int, _ comment: String, status: String?, to audience: CommentAudience) async -> Answer {
        var body = JSONText()
        body.raw("{\"statusHistory\":{\"comment\":")
        body.string(comment)
        if let status {
            body.raw(",\"status\":")
            body.string(status)
        }
        switch audience {
        case .staff: body.raw(",\"is_customer_notified\":0,\"is_visible_on_front\":0}}")
        case .account: body.raw(",\"is_customer_notified\":0,\"is_visible_on_front\":1}}")
        case .letter: body.raw(",\"is_customer_notified\":1,\"is_visible_on_front\":1}}")
        }
        return await transport.send(
            ShopCall(
                .post, ["orders", String(order), "comments"], route: "orders/:id/comments", body: body.bytes, effect: .once,
                expects: .yes))
    }

    private func act(_ name: String, _ order: Int, expects: ShopCall.Expectation) async -> Answer {
        await transport.send(
            ShopCall(.post, ["orders", String(order), name], route: "orders/:id/\(name)", effect: .absolute, expects: expects))
    }
}

/// Who gets to see a comment.
package enum CommentAudience: String, Sendable, CaseIterable {
    case staff
    /// The customer, in the account.
    case account
    /// The customer, by e-mail as well.
    case letter
}
