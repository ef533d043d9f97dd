import Domain

/// Whether stock reckons with the shop's orders where the settings do not say.
///
/// It does where the ERP's answers tell which orders it has taken in. Where two flows write stock, which of them would add an order's goods
/// is for a person to say.
enum ReservationDefault {
    static func answersAreKnown(in root: SettingNode) -> Bool {
        orderFlows(in: root).contains { $0["push"]?["acknowledge"] != nil } && stockFlows(in: root).count == 1
    }

    static func applies(to flow: SettingNode, in root: SettingNode) -> Bool {
        guard let stock = flow["stock"], stock["reservations"] == nil, stock.text("api") != "stock-items" else { return false }
        return answersAreKnown(in: root)
    }

    /// What `lint` says of flows whose stock leaves the shop's orders out of account.
    static func notes(in root: SettingNode) -> [String] {
        guard !orderFlows(in: root).isEmpty else { return [] }
        return stockFlows(in: root).compactMap { name, flow in
            guard let stock = flow["stock"], stock.text("api") != "stock-items" else { return nil }
            let meaning =
                "an order that the ERP has taken off its figures stays reserved in the shop until it is shipped, so it is subtracted twice and too little is for sale"
            guard let node = stock["reservations"] else {
                guard !answersAreKnown(in: root) else { return nil }
                let cause =
                    stockFlows(in: root).count > 1
                    ? "several flows write stock" : "no flow of orders has push.acknowledge, so nothing tells which orders the figures include"
                return "flow \(name): stock.reservations is off because \(cause): \(meaning); set reservations, for example {lag: 20m}, or write off"
            }
            let word = node.map == nil ? node.scalar : node.text("by")
            return word == "off" ? "flow \(name): stock.reservations: off means that \(meaning)" : nil
        }
    }

    private static func orderFlows(in root: SettingNode) -> [SettingNode] {
        (root["flows"]?.map ?? []).map(\.node).filter(CancellationChecks.carriesOrders)
    }

    private static func stockFlows(in root: SettingNode) -> [(key: String, node: SettingNode)] {
        (root["flows"]?.map ?? []).filter { $0.node["stock"] != nil }.map { ($0.key, $0.node) }
    }
}
