package import Domain
package import StateStore

/// What the alarms look at of flows out of the shop.
package enum OutboundWatch {
    /// How long an order may be due without standing in the ERP's folder, where the settings do not say.
    package static let patience = FileExpectation(.within(.seconds(3600)))

    package static let options: [OptionSpec] = [
        OptionSpec("within", .duration, "How long an order may be ready in the shop before it stands in the ERP's folder.", default: "1h"),
        OptionSpec("during", .text, "The calendar whose open hours count.", default: "always", example: "trading-hours"),
    ]

    /// `push.late` of a flow's settings.
    package static func limit(_ node: SettingNode?, calendars: CalendarBook) throws -> FileExpectation {
        guard let node else { return patience }
        let hours = try node["during"].map { try calendars.hours($0) } ?? .always
        return FileExpectation(.within(try node.duration("within") ?? .seconds(3600)), during: hours)
    }

    package static func signs(
        of flows: [String], limits: [String: FileExpectation] = [:], _ reader: LedgerReader, at now: UTCInstant
    ) throws -> [OutboundSigns] {
        try flows.map { flow in
            let overdue = try reader.overdueConsignments(at: now, flow: flow).map { consignment in
                OutboundSigns.Overdue(name: consignment.name, since: consignment.due ?? consignment.packed)
            }
            return OutboundSigns(
                flow: flow,
                oldest: try reader.longestDue(flow: flow).map { .init(number: $0.identity.text, since: $0.since) },
                limit: limits[flow] ?? patience, overdue: overdue
            )
        }
    }
}
