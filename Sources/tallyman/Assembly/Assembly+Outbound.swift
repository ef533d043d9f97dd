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

    /// `nil` for a flow of other documents.
    func cancellationSettings(of flow: SettingNode) throws -> OrderCancellationSettings? {
        try flow[CancellationChecks.group].map {
            try OrderCancellationSettings($0, bringsCredits: CancellationChecks.bringsCredits(settings.root))
        }
    }

    func checkOutbound(_ flow: SettingNode) throws {
        if try customerSettings(of: flow) == nil, try cancellationSettings(of: flow) == nil { _ = try orderSettings(of: flow) }
        _ = (try push(of: flow, secrets: Self.unread), try outputProfile(of: flow))
    }

    func push(of flow: SettingNode, _ ledger: Ledger? = nil) throws -> Push { try push(of: flow, secrets: secrets.secret, ledger: ledger) }

    private func push(of flow: SettingNode, secrets: (SettingNode) throws -> Secret, ledger: Ledger? = nil) throws -> Push {
        guard let node = flow["push"] else { throw flow.invalid("has no push", fix: "add push: {…}") }
        return try Push(node, endpoint: try endpoint(try node.requiredText("endpoint"), secrets: secrets, ledger: ledger))
    }

    func outputProfile(of flow: SettingNode) throws -> OutputProfile {
        try placed(at: flow["profile"]) { try OutputProfile.load(try flow.requiredText("profile"), from: settings.profileFolders) }
    }

    func outboundFlow(_ name: String, _ client: MagentoClient, _ ledger: Ledger) async throws -> OutboundFlow {
        let node = try settings.flow(name)
        let parts = try await parts(of: name, node, client, ledger)
        return OutboundFlow(
            name: name, push: try push(of: node, ledger), profile: try outputProfile(of: node), source: watched(parts.source), maker: parts.maker,
            numbers: parts.numbers, callingOff: node["customers"] == nil ? SalesEventKind.cancellations.rawValue : nil,
            cancellations: CancellationChecks.flow(of: name, in: settings.root), window: parts.window,
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
        if let cancellations = try cancellationSettings(of: node) { return try parts(of: name, node, cancellations, client, ledger) }
        let orders = try orderSettings(of: node)
        return OutboundParts(
            source: try orderSource(name, orders, client, ledger), maker: OrderMaker(orders),
            numbers: orders.entersNumbers ? watched(OrderNumberBook(client: client)) : nil,
            window: SweepWindow(overlap: orders.overlap, deep: orders.deep))
    }

    private func orderSource(
        _ name: String, _ orders: OrderSettings, _ client: MagentoClient, _ ledger: Ledger
    ) throws -> OrderSource {
        let trigger = OrderTrigger(moments: orders.moments, start: try start(of: name, orders.since, memory: "orders.start", ledger))
        return OrderSource(client: client, trigger: trigger, settings: orders, timeline: timeline)
    }

    private func parts(
        of name: String, _ node: SettingNode, _ cancellations: OrderCancellationSettings, _ client: MagentoClient, _ ledger: Ledger
    ) throws -> OutboundParts {
        let orders = try orderSettings(of: try settings.flow(cancellations.orders))
        let books = LedgerCancellationBooks(ledger: ledger, orders: cancellations.orders, cancellations: name)
        // Nothing that has left was cancelled before it left. The shop's clock may be another than ours.
        let first = try ledger.read { try $0.firstPacked(flow: cancellations.orders) } ?? timeline.now()
        let source = OrderCancellationSource(
            orders: try orderSource(cancellations.orders, orders, client, ledger), settings: cancellations, books: books,
            start: first.adding(.seconds(-86_400)))
        return OutboundParts(
            source: source, maker: OrderCancellationMaker(orders, wholeOnly: try outputProfile(of: node).cancelsWholeOrders),
            window: SweepWindow(overlap: cancellations.overlap, deep: cancellations.deep))
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
