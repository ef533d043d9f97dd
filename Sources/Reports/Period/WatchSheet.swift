package import Domain
package import StateStore

/// The figures since the last report of a watch: what people look at in the first days after the start.
package struct WatchSheet {
    package let sheet: MailSheet

    package init(
        _ scope: PeriodReport.Scope, _ reader: LedgerReader, from: UTCInstant, to: UTCInstant, shop: String, hours: String
    ) throws {
        let books = try reader.books(of: scope.flows, events: scope.events, from: from, to: to)
        let orders = try scope.outbound.map { try reader.orderBooks(flow: $0, from: from, to: to) }
        let reconciliations = try scope.flows.flatMap { try reader.latestReconciliations(flow: $0, from: from, to: to) }
        let indicators = try Indicators(scope, reader, from: from, to: to).all(books, orders, reconciliations)
        let alarms = try reader.alarms().filter { $0.opened != nil }
        let missed = indicators.filter { $0.verdict == .missed }
        var sentences = [missed.isEmpty ? "nothing agreed is missed" : "missed: \(missed.map(\.name).joined(separator: "; "))"]
        if !alarms.isEmpty { sentences.append("\(Count(alarms.count)) alarms are open.") }
        let tally = books.tally
        sentences.append(
            "\(Count(tally.read)) records in \(Count(books.flows.reduce(0) { $0 + $1.runs })) runs, \(Count(tally[.rejected])) rejected.")
        let isRed = alarms.contains { $0.severity == .red }
        sheet = MailSheet(
            severity: isRed ? .action : !missed.isEmpty || !alarms.isEmpty ? .warn : .ok, title: "Watch, \(hours) – \(shop)",
            sentences: sentences,
            sections: [
                .init("The figures that were agreed", indicators.map { PeriodSheet.row($0) }),
                .init(
                    "The books",
                    books.lines.map { .init($0.flow == $0.entity ? $0.flow : "\($0.flow) · \($0.entity)", OutcomeSheet.equation($0.tally)) }),
                .init("Alarms", alarms.map { .init("\($0.key.code.rawValue) \(Escaped($0.key.subject))", $0.text) }),
            ],
            footer: "From \(from) to \(to). `tallyman watch` shows how long the watch lasts, `tallyman watch --stop` ends it.")
    }
}
