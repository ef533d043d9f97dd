import Domain
import Reports
import StateStore
import Synchronization

/// A day or a week in words and figures, as the mail has it, and how the agreed figures went over the last days.
enum ReportsPage {
    private static let days = 14

    /// Days that are over do not change: each is worked out once.
    private static let known = Mutex<[String: [Indicator]]>([:])

    static func show(_ visit: Visit) throws -> ConsoleResponse {
        let path = try visit.path()
        let shop = try visit.shop
        let weekly = visit.request.query("kind") == "weekly"
        let asked = visit.request.query("day")
        let day = asked.flatMap { CivilDate(iso: $0) }
        let report = try visit.read { try shop.report(weekly: weekly, through: day, at: visit.now, $0) }
        let series = try self.series(through: report.last, visit)
        let sheet = report.sheet
        let sentences: [HTML] = sheet.sentences.map { "<p>\($0)</p>" }
        let sections: [HTML] = sheet.sections.filter { !$0.rows.isEmpty }.map { section in
            "<h2>\(section.heading)</h2>\n\(Parts.list(section.rows.map { ($0.label, HTML($0.text)) }))"
        }
        let problem: HTML = asked != nil && day == nil ? "<p class=\"field-error\">Write the day like 2026-11-21. The latest is shown.</p>" : ""
        let body: HTML = """
            <h1>\(sheet.title)</h1>
            \(problem)
            <form class="block" method="get" action="\(path)/reports"><div class="cells">
            \(Parts.field("day", "Day", hint: "Such as \("\(report.last)")", value: asked ?? ""))
            <div class="field"><label for="kind">Of</label><select id="kind" name="kind"><option value="daily">one day</option><option value="weekly"\(weekly ? " selected" as HTML : "")>a week</option></select></div>
            <div class="field"><button class="secondary" type="submit">Show</button></div></div></form>
            \(sentences)
            <h2>The agreed figures, the last \(days) days</h2>
            \(figures(report.indicators, series))
            \(sections)
            <p class="hint">\(Parts.words(sheet.footer))</p>
            """
        return Frame.response(visit, Page(sheet.title, section: "reports", body))
    }

    private static func series(through last: CivilDate, _ visit: Visit) throws -> [(day: CivilDate, indicators: [Indicator])] {
        let shop = try visit.shop
        return try (0..<days).reversed().map { back in
            let day = last.adding(days: -back)
            let key = "\(shop.name) \(day)"
            if let found = known.withLock({ $0[key] }) { return (day, found) }
            let found = try visit.read { try shop.indicators(of: day, $0) }
            // The night after still belongs to a day.
            if visit.now.since(UTCInstant(milliseconds: Int64(day.daysSinceEpoch + 3) * 86_400_000)) > .zero {
                known.withLock { known in
                    if known.count > 2000 { known = [:] }
                    known[key] = found
                }
            }
            return (day, found)
        }
    }

    private static func figures(_ indicators: [Indicator], _ series: [(day: CivilDate, indicators: [Indicator])]) -> HTML {
        guard !indicators.isEmpty else { return "<p>No figure has been agreed.</p>" }
        let parts: [HTML] = indicators.map { indicator in
            let values = series.map { day, found in
                let one = found.first { $0.code == indicator.code }
                return (day: day, figure: one?.figure, text: one?.value ?? "none")
            }
            let tag: HTML =
                switch indicator.verdict {
                case .met: Parts.tag(.green, "met")
                case .missed: Parts.tag(.red, "missed")
                case .watched: Parts.tag(.blue, "watched")
                case .silent: Parts.tag(.grey, "nothing to measure")
                }
            let rows: [[HTML]] = values.filter { $0.figure != nil }.map { ["\("\($0.day)")", HTML($0.text)] }
            let table: HTML =
                rows.isEmpty ? "" : "<details><summary>The figures by day</summary>\(Parts.table(indicator.name, ["Day", "Figure"], rows))</details>"
            return """
                <section class="card"><h3>\(Frame.sentence(indicator.name)) \(tag)</h3>
                <p>\(indicator.value), of \(indicator.basis); agreed: \(indicator.target)</p>
                \(LineChart.svg(Frame.sentence(indicator.name), values))\(table)</section>

                """
        }
        return .joined(parts)
    }
}
