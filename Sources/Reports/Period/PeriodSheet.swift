import Domain
import StateStore

/// A period's report as people read it: what is wrong first, then the books, then the rest.
package struct PeriodSheet {
    private let report: PeriodReport
    private let shop: String
    private let zone: ZoneTable

    package init(_ report: PeriodReport, shop: String) {
        self.report = report
        self.shop = shop
        zone = report.period.zone
    }

    package var title: String {
        let kind = report.period.kind == .daily ? "Day" : "Week"
        return "\(kind) of \(report.period) – \(shop)"
    }

    /// `5,204 records, 7 rejected, 412 orders sent`
    package var subjectCounts: String {
        let tally = report.books.tally
        var parts = ["\(Count(tally.read)) records"]
        if tally[.rejected] > 0 { parts.append("\(Count(tally[.rejected])) rejected") }
        if !report.orders.isEmpty { parts.append("\(Count(report.orders.reduce(0) { $0 + $1.exported.count })) orders sent") }
        if report.gaps > 0 { parts.append("\(Count(report.gaps)) orders do not agree") }
        return parts.joined(separator: ", ")
    }

    package var sheet: MailSheet {
        MailSheet(
            severity: report.severity, title: title, sentences: sentences,
            sections: [
                .init("The books", books), .init("Files and runs", files), .init("Orders that left", orders),
                .init("Orders, day by day, on both sides", days), .init("Orders that do not agree", gaps), .init("Taken by the shop", events),
                .init("The error queue", errors), .init("The figures that were agreed", report.indicators.map(Self.row)),
                .init("Compared with the shop", reconciliations), .init("Alarms", alarms),
            ],
            footer: "From the books of \(shop), \(report.period), as the clocks of \(zone.name) show it. "
                + "`tallyman report --\(report.period.kind.rawValue) --date \(report.period.last)` has it again.")
    }

    package var figures: MailSheet {
        let missed = report.indicators.filter { $0.verdict == .missed }
        let sentence = missed.isEmpty ? "Nothing that was agreed is missed." : "Missed: \(missed.map(\.name).joined(separator: "; "))."
        return MailSheet(
            severity: missed.isEmpty ? .ok : .warn, title: "Figures of \(report.period) – \(shop)", sentences: [sentence],
            sections: [.init("The figures that were agreed", report.indicators.map(Self.row))],
            footer: "From the books of \(shop), as the clocks of \(zone.name) show it.")
    }

    // MARK: What a person has to know

    private var sentences: [String] {
        var sentences: [String] = []
        let held = report.books.flows.filter { $0.held > 0 }
        if !held.isEmpty { sentences.append("Plans wait for a decision in: \(held.map(\.flow).joined(separator: ", ")).") }
        if report.gaps > 0 { sentences.append("\(Count(report.gaps)) orders do not agree on both sides; they are listed below.") }
        let red = report.openAlarms.filter { $0.severity == .red }.count
        if red > 0 { sentences.append("\(Count(red)) alarms are red now: `tallyman alarms` says what to do.") }
        let open = report.books.flows.reduce(0) { $0 + $1.errorsOpen }
        if open > 0 { sentences.append("\(Count(open)) records wait in the error queue.") }
        if report.differences > 0 { sentences.append("\(Count(report.differences)) values in the shop are not what they should be.") }
        let silent = report.books.flows.filter { $0.runs == 0 }
        if !silent.isEmpty { sentences.append("No run ended in: \(silent.map(\.flow).joined(separator: ", ")).") }
        return sentences.isEmpty ? ["Nobody has to do anything."] : sentences
    }

    // MARK: The sections

    private var books: [MailSheet.Row] {
        report.books.lines.map { line in
            let earlier = report.before.lines.first { $0.flow == line.flow && $0.entity == line.entity }?.tally.read
            let label = line.flow == line.entity ? line.flow : "\(line.flow) · \(line.entity)"
            return .init(label, OutcomeSheet.equation(line.tally) + against(line.tally.read, earlier))
        }
    }

    private var files: [MailSheet.Row] {
        report.books.flows.map { line in
            let earlier = report.before.flows.first { $0.flow == line.flow }
            var parts: [String] = []
            if line.filesIn > 0 || line.filesOut == 0 { parts.append("\(Count(line.filesIn)) files in") }
            if line.filesOut > 0 { parts.append("\(Count(line.filesOut)) files out") }
            parts.append("\(Count(line.runs)) runs")
            if line.failedRuns > 0 { parts.append("\(Count(line.failedRuns)) failed") }
            if line.filesSetAside > 0 { parts.append("\(Count(line.filesSetAside)) files set aside") }
            if line.held > 0 { parts.append("\(Count(line.held)) held") }
            let success = line.lastSuccess.map { "; last success \(local($0))" } ?? "; no success yet"
            return .init(line.flow, parts.joined(separator: ", ") + against(line.runs, earlier?.runs, "runs") + success)
        }
    }

    private var orders: [MailSheet.Row] {
        report.orders.flatMap { line -> [MailSheet.Row] in
            let earlier = report.ordersBefore.first { $0.flow == line.flow }
            var text = "\(Self.words(line.exported)) sent" + against(line.exported.count, earlier?.exported.count)
            text += "; \(Self.words(line.acknowledged)) confirmed"
            if line.refused.count > 0 { text += "; \(Self.words(line.refused)) refused by the ERP" }
            if line.unanswered > 0 { text += "; \(Count(line.unanswered)) not confirmed" }
            if line.unnumbered > 0 { text += "; \(Count(line.unnumbered)) without the ERP's number" }
            var rows = [MailSheet.Row(line.flow, text)]
            if let oldest = line.oldestDue { rows.append(.init("", "the order that waits longest has been due since \(local(oldest))")) }
            if !line.missing.isEmpty { rows.append(.init("", "numbers: \(line.missing.joined(separator: ", "))")) }
            return rows
        }
    }

    private var days: [MailSheet.Row] {
        report.orderDays.map { day in
            let parts = OrderDay.Stage.allCases.compactMap { stage in
                day.stages[stage].map { "\(Self.words($0)) \(stage.rawValue)" }
            }
            return .init("\(day.day)", (parts.isEmpty ? "no orders" : parts.joined(separator: "; ")) + " (\(day.flow), as at \(local(day.at)))")
        }
    }

    private var gaps: [MailSheet.Row] {
        let all = report.orderDays.flatMap(\.gaps)
        let rows = all.prefix(100).map { MailSheet.Row($0.identity.text, $0.text) }
        return all.count > rows.count ? rows + [.init("", "and \(Count(all.count - rows.count)) more: `tallyman reconcile` lists them")] : Array(rows)
    }

    private var events: [MailSheet.Row] {
        report.books.events.map { line in
            let earlier = report.before.events.first { $0.flow == line.flow && $0.entity == line.entity }?.count
            return .init(line.entity, "\(Count(line.count))" + against(line.count, earlier ?? 0))
        }
    }

    private var errors: [MailSheet.Row] {
        report.books.flows.compactMap { line in
            guard line.errorsOpened + line.errorsClosed + line.errorsOpen > 0 else { return nil }
            let age = line.oldestError.map { ", the oldest since \(local($0))" } ?? ""
            return .init(
                line.flow, "\(Count(line.errorsOpened)) came, \(Count(line.errorsClosed)) were settled, \(Count(line.errorsOpen)) are open\(age)")
        }
    }

    private var reconciliations: [MailSheet.Row] {
        report.reconciliations.map { found in
            .init(
                found.flow == found.entity ? found.flow : "\(found.flow) · \(found.entity)",
                "\(Count(found.checked)) compared (\(found.scope)) = \(Count(found.matched)) match + \(Count(found.differing)) differ + \(Count(found.missing)) missing"
            )
        }
    }

    private var alarms: [MailSheet.Row] {
        var rows = report.openAlarms.map { entry in
            MailSheet.Row("\(entry.key.code.rawValue) \(Escaped(entry.key.subject))", "open since \(local(entry.since)): \(entry.text)")
        }
        if !report.books.alarmsOpened.isEmpty || report.books.alarmsRecovered > 0 {
            rows.append(.init("", "\(Count(report.books.alarmsOpened.count)) began and \(Count(report.books.alarmsRecovered)) ended in this time"))
        }
        return rows
    }

    static func row(_ indicator: Indicator) -> MailSheet.Row {
        let verdict =
            switch indicator.verdict {
            case .met: "met"
            case .missed: "MISSED"
            case .watched: "watched"
            case .silent: "nothing to measure"
            }
        return .init(indicator.name, "\(indicator.value) (agreed: \(indicator.target); \(indicator.basis)) – \(verdict)")
    }

    // MARK: Words

    private static func words(_ counted: CountedSum) -> String {
        counted.sum.isZero ? "\(Count(counted.count))" : "\(Count(counted.count)) for \(counted.sum.money)"
    }

    private func against(_ number: Int, _ earlier: Int?, _ what: String = "") -> String {
        guard let earlier else { return "" }
        return " (before: \(Count(earlier))\(what.isEmpty ? "" : " \(what)"))"
    }

    private func local(_ instant: UTCInstant) -> String {
        let minute = zone.minute(of: instant)
        let day = zone.day(of: instant)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(day.day) \(LocalTime.months[day.month - 1]) \(two(minute / 60)):\(two(minute % 60))"
    }
}

extension ExactDecimal {
    /// `12,345.60`: a sum of money with its pence.
    var money: String {
        let text = rounded(.halfUp, digits: 2).description
        let isNegative = text.hasPrefix("-")
        let parts = text.drop { $0 == "-" }.split(separator: ".")
        let whole = parts.first.flatMap { Int($0) } ?? 0
        let pence = parts.count > 1 ? String(parts[1]) : ""
        return "\(isNegative ? "-" : "")\(Count(whole)).\(pence)\(String(repeating: "0", count: max(0, 2 - pence.count)))"
    }
}
