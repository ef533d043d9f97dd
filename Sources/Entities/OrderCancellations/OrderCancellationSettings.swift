package import Domain

/// The `order_cancellations` group of a flow out of the shop: what the ERP is told of orders that were cancelled after they had left.
package struct OrderCancellationSettings: Hashable, Sendable {
    package static let options: [OptionSpec] = [
        OptionSpec(
            "orders", .text, "The flow of orders whose cancellations these are; its settings say what an order means to the ERP.",
            required: .required, example: "orders"),
        OptionSpec(
            "after", .choice(Moment.allCases.map(\.rawValue)),
            "Whether a cancellation leaves as soon as its order stands in the ERP's folder, or only after the ERP has answered the order.",
            default: Moment.sent.rawValue),
        OptionSpec(
            "refunds", .boolean,
            "Whether goods that were refunded in the shop before they were shipped count as cancelled. True unless a flow brings credit notes of the ERP (credits), because those are refunds too.",
            example: "false"),
        OptionSpec("overlap", .duration, "How far each look goes back behind the last, because changes become visible late.", default: "10m"),
        OptionSpec("deep", .duration, "How far the daily look goes back.", default: "14d"),
    ]

    package enum Moment: String, Sendable, CaseIterable { case sent, answered }

    /// The flow of orders.
    package var orders: String
    package var after: Moment
    package var countsRefunds: Bool
    package var overlap: Duration
    package var deep: Duration

    /// - Parameter bringsCredits: whether a flow brings the ERP's credit notes into the shop.
    package init(_ node: SettingNode, bringsCredits: Bool) throws {
        orders = try node.requiredText("orders")
        after = try node.choice("after", default: .sent)
        countsRefunds = node.text("refunds").map { $0 == "true" } ?? !bringsCredits
        overlap = try node.duration("overlap") ?? .seconds(600)
        deep = try node.duration("deep") ?? .seconds(14 * 86_400)
    }
}
