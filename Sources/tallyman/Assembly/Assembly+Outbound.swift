import Domain
import Endpoints
import Engine
import Entities
import Formats
import Foundation
import Magento
import StateStore

/// Flows that carry orders out of the shop.
extension Assembly {
    func isOutbound(_ flow: String) throws -> Bool { try settings.flow(flow)["push"] != nil }

    /// What the settings say of an outbound flow, without a shop: for `lint`.
    func orderSettings(of flow: SettingNode) throws -> OrderSettings {
        try OrderSettings(select: flow["select"], orders: flow["orders"]) { _, file in
            try String(contentsOfFile: Settings.absolute(file, beside: settings.path), encoding: .utf8)
        }
    }

    func push(of flow: SettingNode) throws -> Push {
        guard let node = flow["push"] else { throw flow.invalid("has no push", hint: "add push: {…}") }
        return try Push(node, endpoint: try endpoint(try node.requiredText("endpoint")))
    }

    func outputProfile(of flow: SettingNode) throws -> OutputProfile {
        try OutputProfile.load(try flow.requiredText("profile"), from: settings.profileFolder)
    }

    func outboundFlow(_ name: String, _ client: MagentoClient, _ ledger: Ledger) throws -> OutboundFlow {
        let node = try settings.flow(name)
        let orders = try orderSettings(of: node)
        let trigger = OrderTrigger(moments: orders.moments, start: try start(of: name, orders, ledger))
        return OutboundFlow(
            name: name, push: try push(of: node), profile: try outputProfile(of: node),
            source: watched(OrderSource(client: client, trigger: trigger, settings: orders)), maker: OrderMaker(orders),
            numbers: orders.entersNumbers ? watched(OrderNumberBook(client: client)) : nil,
            window: SweepWindow(overlap: orders.overlap, deep: orders.deep), timeZone: node.text("timezone") ?? settings.timeZone,
            approval: try node.choice("approve", default: .automatic)
        )
    }

    /// Finished orders are due only if they were placed after this: the day that the settings name, or the flow's first run.
    func start(of flow: String, _ orders: OrderSettings, _ ledger: Ledger) throws -> UTCInstant {
        if let since = orders.since { return since }
        let name = "orders.start"
        if let known = try ledger.read({ try $0.memory(flow: flow, name: name) }).flatMap({ Int64($0) }) {
            return UTCInstant(milliseconds: known)
        }
        let now = timeline.now()
        try ledger.write { try $0.remember(flow: flow, name: name, value: String(now.milliseconds)) }
        return now
    }
}
