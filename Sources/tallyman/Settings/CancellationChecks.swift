import Domain

/// What a flow of cancellations refers to.
enum CancellationChecks {
    static let group = "order_cancellations"

    static func carriesOrders(_ flow: SettingNode) -> Bool {
        flow["push"] != nil && flow["customers"] == nil && flow[group] == nil
    }

    /// The flow that carries the cancellations of the orders of `name`.
    static func flow(of name: String, in root: SettingNode) -> String? {
        (root["flows"]?.map ?? []).first { $0.node["push"] != nil && $0.node[group]?.text("orders") == name }?.key
    }

    static func bringsCredits(_ root: SettingNode) -> Bool {
        (root["flows"]?.map ?? []).contains { $0.node["pull"] != nil && $0.node["credits"] != nil }
    }

    static func problems(of name: String, _ flow: SettingNode, in root: SettingNode) -> [Diagnostic] {
        guard let node = flow[group] else { return [] }
        if let other = flow["select"] ?? flow["orders"] ?? flow["customers"] {
            return [
                other.invalid("is not for cancellations", fix: "flow \(name) carries cancellations; give the other documents a flow of their own")
            ]
        }
        guard let orders = node["orders"], let wanted = orders.scalar else { return [] }
        let flows = root["flows"]?.map ?? []
        guard let target = flows.first(where: { $0.key == wanted }), carriesOrders(target.node) else {
            let known = flows.filter { carriesOrders($0.node) }.map(\.key).sorted()
            return [
                orders.invalid(
                    "is not a flow of orders out of the shop", fix: known.isEmpty ? "add a flow of orders" : "known: \(known.joined(separator: ", "))"
                )
            ]
        }
        let rivals = flows.filter { $0.node["push"] != nil && $0.node[group]?.text("orders") == wanted }.map(\.key)
        guard let first = rivals.first, first != name else { return [] }
        return [
            orders.invalid(
                "has its cancellations carried by flow \(first) already, so each would reach the ERP twice", fix: "remove one of the two flows")
        ]
    }
}
