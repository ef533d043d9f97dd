package import Domain

/// When the reports of days and weeks are sent, and to whom.
package struct ReportTimes: Hashable, Sendable {
    package static let options = [
        OptionSpec("daily", .text, "Time at which the report of the day before is sent.", example: "\"07:00\""),
        OptionSpec("weekly", .text, "Time on Mondays at which the report of the week before is sent.", example: "\"07:30\""),
        OptionSpec("to", .list(.text), "Recipients of these reports. Default: `owner`.", example: "[ops@acme.example]"),
        OptionSpec("targets", .object(targetOptions), "Agreed targets that the reports measure against."),
    ]

    private static let targetOptions = [
        OptionSpec(
            "orders", .duration, "95th-percentile target from an order being ready in the shop to its file reaching the ERP's folder.", default: "5m"),
        OptionSpec("stock", .duration, "95th-percentile target from a stock file landing to its figures being in the shop.", default: "10m"),
        OptionSpec(
            "despatches", .duration,
            "95th-percentile target from a despatch file landing to the shipment being in the shop. Measured without a target if not set.",
            example: "30m"),
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
