package import Domain

/// When the reports of days and weeks are sent, and to whom.
package struct ReportTimes: Hashable, Sendable {
    package static let options = [
        OptionSpec("daily", .text, "At this time the report of the day before is sent.", example: "\"07:00\""),
        OptionSpec("weekly", .text, "At this time on Mondays the report of the week before is sent.", example: "\"07:30\""),
        OptionSpec("to", .list(.text), "Who gets them. The owner unless given.", example: "[ops@acme.example]"),
        OptionSpec("targets", .object(targetOptions), "What was agreed; the reports measure against it."),
    ]

    private static let targetOptions = [
        OptionSpec("orders", .duration, "So long after an order is ready in the shop its file stands in the ERP's folder, 95 of 100.", default: "5m"),
        OptionSpec("stock", .duration, "So long after a stock file has landed its figures are in the shop, 95 of 100.", default: "10m"),
        OptionSpec(
            "despatches", .duration,
            "So long after a despatch file has landed the shop has the shipment, 95 of 100. Watched without a target unless given.", example: "30m"),
    ]

    /// Minutes since midnight by the shop's clock; `nil`: none is sent.
    package var daily: Int?
    package var weekly: Int?
    package var recipients: [MailAddress]
    package var targets: PeriodReport.Targets

    package init(_ node: SettingNode?, owner: [MailAddress]) throws {
        daily = try node?["daily"].map(Self.minute)
        weekly = try node?["weekly"].map(Self.minute)
        let named = try node?.addresses("to") ?? []
        recipients = named.isEmpty ? owner : named
        targets = PeriodReport.Targets()
        guard let agreed = node?["targets"] else { return }
        targets.orders = try agreed.duration("orders") ?? targets.orders
        targets.figures = try agreed.duration("stock") ?? targets.figures
        targets.despatches = try agreed.duration("despatches")
    }

    package var areWanted: Bool { daily != nil || weekly != nil }

    private static func minute(_ node: SettingNode) throws -> Int {
        guard let minute = node.scalar.flatMap({ ClockTime.minute($0) }), minute < 1440 else {
            throw node.invalid("is not a time of the day", fix: "write it like \"07:00\", in quotes")
        }
        return minute
    }
}
