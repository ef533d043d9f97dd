import Domain
import Endpoints
import Engine
import Entities
import Formats
import Foundation
import Magento
import StateStore

/// Flows that carry orders and new customers out of the shop.
extension Assembly {
    func isOutbound(_ flow: String) throws -> Bool { try settings.flow(flow)["push"] != nil }

    /// What the settings say of an outbound flow, without a shop: for `lint`.
    func orderSettings(of flow: SettingNode) throws -> OrderSettings {
        try OrderSettings(select: flow["select"], orders: flow["orders"]) { _, file in
            try String(contentsOfFile: Settings.absolute(file, beside: settings.path), encoding: .utf8)
        }
    }

    /// `nil` for a flow of orders.
    func customerSettings(of flow: SettingNode) throws -> CustomerSettings? {
        try flow["customers"].map { node in
            try CustomerSettings(node) { _, file in try String(contentsOfFile: Settings.absolute(file, beside: settings.path), encoding: .utf8) }
        }
    }

    func checkOutbound(_ flow: SettingNode) throws {
        if try customerSettings(of: flow) == nil { _ = try orderSettings(of: flow) }
        _ = (try push(of: flow), try outputProfile(of: flow))
    }

    func push(of flow: SettingNode) throws -> Push {
        guard let node = flow["push"] else { throw flow.invalid("has no push", fix: "add push: {…}") }
        return try Push(node, endpoint: try endpoint(try node.requiredText("endpoint")))
    }

    func outputProfile(of flow: SettingNode) throws -> OutputProfile {
        try OutputProfile.load(try flow.requiredText("profile"), from: settings.profileFolder)
    }

    func outboundFlow(_ name: String, _ client: MagentoClient, _ ledger: Ledger) async throws -> OutboundFlow {
        let node = try settings.flow(name)
        let parts = try await parts(of: name, node, client, ledger)
        return OutboundFlow(
            name: name, push: try push(of: node), profile: try outputProfile(of: node), source: watched(parts.source), maker: parts.maker,
            numbers: parts.numbers, callingOff: try carriesOrders(name) ? SalesEventKind.cancellations.rawValue : nil, window: parts.window,
            timeZone: node.text("timezone") ?? settings.timeZone,
            approval: try node.choice("approve", default: .automatic)
        )
    }

    /// What a flow carries: where it comes from, how it is told, how far each look goes back.
    private struct OutboundParts {
        var source: any DocumentSource
        var maker: any DocumentMaker
        /// Where the ERP's numbers are entered in the shop.
        var numbers: (any NumberBook)?
        var window: SweepWindow
    }

    private func parts(of name: String, _ node: SettingNode, _ client: MagentoClient, _ ledger: Ledger) async throws -> OutboundParts {
        if let customers = try customerSettings(of: node) {
            let start = try start(of: name, customers.since, memory: "customers.start", ledger)
            let lookups = try await CustomerLookups(customers, client: client)
            return OutboundParts(
                source: CustomerSource(client: client, settings: customers, lookups: lookups, start: start), maker: CustomerMaker(customers, lookups),
                window: SweepWindow(overlap: customers.overlap, deep: customers.deep))
        }
        let orders = try orderSettings(of: node)
        let trigger = OrderTrigger(moments: orders.moments, start: try start(of: name, orders.since, memory: "orders.start", ledger))
        return OutboundParts(
            source: OrderSource(client: client, trigger: trigger, settings: orders), maker: OrderMaker(orders),
            numbers: orders.entersNumbers ? watched(OrderNumberBook(client: client)) : nil,
            window: SweepWindow(overlap: orders.overlap, deep: orders.deep))
    }

    /// What was there before is history and not due: before the day that the settings name, or the flow's first run.
    func start(of flow: String, _ since: UTCInstant?, memory name: String, _ ledger: Ledger) throws -> UTCInstant {
        if let since { return since }
        if let known = try ledger.read({ try $0.memory(flow: flow, name: name) }).flatMap({ Int64($0) }) {
            return UTCInstant(milliseconds: known)
        }
        let now = timeline.now()
        try ledger.write(.beginnings) { try $0.remember(flow: flow, name: name, value: String(now.milliseconds)) }
        return now
    }
}
