import Domain
import Entities

/// Which flows go first where several are due: stock that reckons with the shop's orders comes after the flows that tell what became
/// of orders. Their files were written in the same breath, and the stock file knows of all of them.
enum CycleOrder {
    static func predecessors(of flow: SettingNode, in root: SettingNode) -> Set<String> {
        guard reservations(of: flow) != nil || ReservationDefault.applies(to: flow, in: root) else { return [] }
        let events = SalesEventKind.allCases.map(\.rawValue)
        let telling = (root["flows"]?.map ?? []).filter { pair in
            pair.node["push"] != nil || events.contains { pair.node[$0] != nil }
        }
        return Set(telling.map(\.key))
    }

    /// The flows in the order of the settings, those that follow others behind them.
    static func sorted(_ root: SettingNode) -> [String] {
        let flows = root["flows"]?.map ?? []
        let following = flows.filter { !predecessors(of: $0.node, in: root).isEmpty }.map(\.key)
        // A cancellation leaves after its order; what the ERP itself cancelled is known before.
        let cancelling = flows.filter { $0.node[CancellationChecks.group] != nil }.map(\.key)
        return flows.map(\.key).filter { !following.contains($0) && !cancelling.contains($0) } + cancelling + following
    }

    static func problems(in root: SettingNode) -> [Diagnostic] {
        let flows = (root["flows"]?.map ?? []).map(\.node)
        let pushes = flows.filter(CancellationChecks.carriesOrders).compactMap { $0["push"] }
        return flows.compactMap { flow in
            guard let node = reservations(of: flow) else { return nil }
            if pushes.isEmpty {
                return node.invalid(
                    "needs a flow with push: the orders that it reckons with leave by it", fix: "add the flow of orders, or leave reservations out")
            }
            let word = node.map == nil ? node.scalar : node.text("by")
            if word == "acknowledged", !pushes.contains(where: { $0["acknowledge"] != nil }) {
                return node.invalid(
                    "needs the ERP's answers to orders, and no flow has push.acknowledge",
                    fix: "add push: {acknowledge: …} to the flow of orders, or write reservations: {lag: 20m}")
            }
            return nil
        }
    }

    private static func reservations(of flow: SettingNode) -> SettingNode? {
        guard let node = flow["stock"]?["reservations"] else { return nil }
        return (node.map == nil ? node.scalar : node.text("by")) == "off" ? nil : node
    }
}
