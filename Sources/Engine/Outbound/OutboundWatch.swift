package import Domain
package import StateStore

/// What the alarms look at of flows out of the shop.
package enum OutboundWatch {
    /// How long an order may be due without standing in the ERP's folder.
    static let patience = Duration.seconds(3600)

    package static func signs(of flows: [String], _ reader: LedgerReader, at now: UTCInstant) throws -> [OutboundSigns] {
        try flows.map { flow in
            let overdue = try reader.overdueConsignments(at: now, flow: flow).map { consignment in
                OutboundSigns.Overdue(name: consignment.name, since: consignment.due ?? consignment.packed)
            }
            return OutboundSigns(
                flow: flow,
                oldest: try reader.longestDue(flow: flow).map { .init(number: $0.identity.text, since: $0.since) },
                limit: FileExpectation(.within(patience)), overdue: overdue
            )
        }
    }
}
