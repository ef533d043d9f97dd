import Domain
import Engine
import Entities
import Foundation
import Reports
import StateStore

/// The reports of days and weeks, and the watch after the start.
extension Assembly {
    func reportTimes() throws -> ReportTimes {
        try ReportTimes(settings.root["report"], owner: settings.root.addresses("owner"))
    }

    func reportScope() throws -> PeriodReport.Scope {
        PeriodReport.Scope(
            flows: settings.flowNames, outbound: try settings.flowNames.filter { try carriesOrders($0) },
            events: SalesEventKind.allCases.map(\.rawValue), figures: StockEntity.name, despatches: SalesEventKind.despatches.rawValue,
            targets: try reportTimes().targets)
    }

    /// `nil` where no mail is set up, or nobody is named.
    func periodDesk(_ ledger: Ledger) throws -> PeriodDesk? {
        let times = try reportTimes()
        guard let mail = try mail(), !times.recipients.isEmpty else { return nil }
        return PeriodDesk(
            ledger: ledger, shop: settings.shop, from: mail.from, recipients: times.recipients, scope: try reportScope(), timeline: timeline)
    }

    var zone: ZoneTable { settings.service.watch.zone }
}
