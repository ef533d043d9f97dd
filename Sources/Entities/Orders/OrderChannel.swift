/// Where an order came from, as far as the ERP treats it differently.
package enum OrderChannel: String, Sendable, CaseIterable, Hashable {
    case web
    /// Placed at a marketplace and carried into the shop by a connector.
    case marketplace
    /// On account, with terms of payment.
    case account

    /// Payment methods that tell the channel by themselves.
    static let known: [String: OrderChannel] = [
        "m2epropayment": .marketplace, "companycredit": .account, "purchaseorder": .account,
    ]
}
