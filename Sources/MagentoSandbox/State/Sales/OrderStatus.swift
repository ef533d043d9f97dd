/// What a merchant calls a state; the first of a state is its default.
package struct OrderStatus: Hashable, Sendable {
    package var code: String
    package var state: SalesOrder.State

    package init(_ code: String, _ state: SalesOrder.State) {
        self.code = code
        self.state = state
    }

    package static let standard = [
        OrderStatus("pending", .new), OrderStatus("processing", .processing), OrderStatus("fraud", .processing),
        OrderStatus("complete", .complete), OrderStatus("closed", .closed), OrderStatus("canceled", .canceled),
        OrderStatus("holded", .holded), OrderStatus("pending_payment", .pendingPayment),
        OrderStatus("payment_review", .paymentReview),
    ]
}

extension ShopState {
    func status(of state: SalesOrder.State) -> String { orderStatuses.first { $0.state == state }?.code ?? state.rawValue }
}
