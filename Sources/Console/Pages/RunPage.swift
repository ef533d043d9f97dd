import Domain
import Engine
import Reports
import StateStore

/// One run: its books, its plan, what it changed, what it rejected.
enum RunPage {
    static let pageLength = 50

    static func show(_ visit: Visit) throws -> ConsoleResponse {
        let id = try visit.number("id")
        let shop = try visit.shop
        let path = try visit.path()
        let after = visit.request.query("after").flatMap { Int64($0) } ?? 0
        let found = try visit.read { reader in
            (
                report: try RunReport(id, reader), reasons: try reader.topReasons(run: id, limit: 20),
                changes: try reader.changes(run: id, after: after, limit: pageLength + 1), undos: try reader.runs(undoing: id),
                undone: try reader.run(id)?.undoes == nil ? nil : try reader.undoCount(run: id),
                take: try reader.run(id).map { UndoActions.link($0, visit, reader, path) },
                delivery: try reader.run(id)?.delivery.flatMap { try reader.delivery($0) }
            )
        }
        let report = found.report
        let run = report.run
        let isOpen = run.state.isOpen && run.state != .held && run.state != .scheduled
        let body: HTML = """
            <div id="run"\(isOpen ? " data-live=\"5\"" as HTML : "")>
            <h1>Run \(run.id) · \(run.flow) <span data-state="1">\(Parts.tag(run.state))</span></h1>
            \(run.verdict.map { "<p>\(Frame.sentence($0))</p>" as HTML })
            \(decision(report, visit, path))
            \(Parts.list(facts(report, found.delivery, found.undos, visit, path)))
            \(found.undone.map { "<p>\(UndoActions.words($0))</p>" as HTML })
            \(isOpen ? Parts.progress(report.tallies.map(\.tally)) : "")
            <h2>The books</h2>
            \(HTML.joined(report.tallies.map { "<p>\($0.entity): \(Parts.books($0.tally))</p>" }))
            \(HTML.joined(report.plans.map { plan($0, shop, visit) }))
            \(rejected(found.reasons, visit, path, flow: run.flow))
            \(changes(found.changes, report, visit, path))
            \(found.take)
            </div>
            <p class="hidden" aria-live="polite" data-said="1">\(run.state.rawValue)</p>
            """
        return Frame.response(visit, Page("Run \(run.id) – \(run.flow)", section: run.state == .held ? "plans" : "runs", body))
    }

    private static func decision(_ report: RunReport, _ visit: Visit, _ path: String) -> HTML {
        guard report.run.state == .held else { return "" }
        return Decisions.link(report.run, visit, path)
    }

    private static func facts(_ report: RunReport, _ delivery: Delivery?, _ undos: [Run], _ visit: Visit, _ path: String) -> [(String, HTML)] {
        let run = report.run
        var facts: [(String, HTML)] = [("File", HTML(report.fileName ?? "none")), ("Cause", HTML(run.cause))]
        if let delivery {
            facts.append(("Size", "\(Parts.number(Int(delivery.size))) bytes"))
            facts.append(("Received", visit.time(delivery.received)))
            facts.append(("SHA-256", "<code>\(delivery.hash.hex)</code>"))
        }
        facts.append(("Started", visit.time(run.started)))
        if let ended = run.ended { facts.append(("Ended", "\(visit.time(ended)), after \(ended.since(run.started).wholeSeconds) s")) }
        if run.attempts > 1 { facts.append(("Attempts", "\(run.attempts)")) }
        if let consignment = report.consignment {
            facts.append(("File that leaves", "\(consignment.name), \(consignment.documents) documents, \(consignment.state.word)"))
        }
        if let undone = run.undoes { facts.append(("Takes back", "<a href=\"\(path)/runs/\(undone)\">run \(undone)</a>")) }
        for undo in undos { facts.append(("Taken back by", "<a href=\"\(path)/runs/\(undo.id)\">run \(undo.id)</a>")) }
        return facts
    }

    static func plan(_ plan: Plan, _ shop: any ShopHouse, _ visit: Visit) -> HTML {
        let summary = plan.summary
        let findings: [HTML] = plan.findings.map { "<li>\(Parts.tag(.amber, $0.gate.replacing("_", with: " "))) \($0.text)</li>" }
        let isHidden = shop.isPersonal(plan.entity) && !visit.seesPeople
        let marks: [HTML] = summary.marks.sorted { $0.key < $1.key }.map { name, counted in
            mark(name, counted, isHidden: isHidden, isGate: plan.findings.contains { $0.gate == name })
        }
        var numbers: [(String, HTML)] = [
            ("As at", visit.time(plan.version)), ("New", HTML(Parts.number(summary.creates))), ("Changed", HTML(Parts.number(summary.updates))),
            ("Unchanged", HTML(Parts.number(summary.unchanged))),
        ]
        if summary.drifted > 0 { numbers.append(("Of these, moved in the shop before", HTML(Parts.number(summary.drifted)))) }
        if summary.toUnavailable > 0 { numbers.append(("No longer for sale", HTML(Parts.number(summary.toUnavailable)))) }
        if summary.unknownKeys > 0 { numbers.append(("Not in the shop", HTML(Parts.number(summary.unknownKeys)))) }
        if summary.scheduled > 0 { numbers.append(("Wait for a day", HTML(Parts.number(summary.scheduled)))) }
        if let by = plan.decidedBy { numbers.append(("Decided by", HTML(by))) }
        return """
            <h2>The plan of \(plan.entity)</h2>
            \(findings.isEmpty ? "" : "<p>Why it is held:</p><ul>\(findings)</ul>")
            \(marks.isEmpty ? "" : "<p>Worth a look, the worst first:</p>\(marks)")\(Parts.list(numbers))
            """
    }

    /// So many rows stand open; the rest that is kept is folded.
    private static let openRows = 20

    private static func mark(_ name: String, _ counted: MarkCount, isHidden: Bool, isGate: Bool) -> HTML {
        let title: HTML = "<h3>\(Frame.sentence(name.replacing("_", with: " "))): \(Parts.number(counted.count))</h3>"
        guard !isHidden else { return title }
        func list(_ rows: ArraySlice<String>) -> HTML {
            let items: [HTML] = rows.map { "<li>\($0)</li>" }
            return "<ul>\(items)</ul>"
        }
        let shown = counted.examples.prefix(isGate ? openRows : MarkCount.shownExamples)
        let rest = counted.examples.dropFirst(shown.count)
        let folded: HTML =
            rest.isEmpty ? "" : "<details><summary>\(Parts.count(rest.count, "further row", "further rows"))</summary>\(list(rest))</details>"
        return "\(title)\(list(shown))\(folded)\n"
    }

    private static func rejected(_ reasons: [ReasonCount], _ visit: Visit, _ path: String, flow: String) -> HTML {
        guard !reasons.isEmpty else { return "" }
        let rows: [[HTML]] = reasons.map { reason in
            let text = Masking(visit).reason(of: reason.entity, reason.example.reason)
            return [
                HTML(Parts.number(reason.count)),
                "<a href=\"\(path)/errors?flow=\(FormReader.encoded(flow))&amp;code=\(reason.code)\">\(reason.code)</a>",
                "\(reason.example.origin.line)", HTML(text), HTML(reason.example.reason?.fix ?? ""),
            ]
        }
        return "<h2>Rejected</h2>\(Parts.table("By reason", ["Records", "Code", "First line", "Reason", "Fix"], rows))"
    }

    static func changes(_ changes: [PlannedChange], _ report: RunReport, _ visit: Visit, _ path: String) -> HTML {
        guard !changes.isEmpty, let shop = visit.house else { return "" }
        let masking = Masking(visit)
        let rows: [[HTML]] = changes.prefix(pageLength).map { planned in
            let isHidden = masking.hides(planned.entity)
            let key: HTML =
                isHidden
                ? HTML(Masking.hidden)
                : "<a href=\"\(path)/search?q=\(FormReader.encoded(planned.change.key.text))\">\(planned.change.key.description)</a>"
            let before = planned.change.before.map { shop.describe($0, entity: planned.entity) } ?? "nothing"
            return [
                key, HTML(isHidden ? Masking.hidden : before),
                HTML(isHidden ? Masking.hidden : shop.describe(planned.change.after, entity: planned.entity)),
                HTML(planned.outcome.rawValue), HTML(isHidden ? "" : planned.proof ?? ""),
            ]
        }
        let last = changes.prefix(pageLength).last?.change.id ?? 0
        let more: HTML =
            changes.count > pageLength
            ? "<p class=\"pager\"><a rel=\"next\" href=\"\(path)/runs/\(report.run.id)?after=\(last)\">Next \(pageLength)</a></p>" : ""
        let csv: HTML = "<p><a href=\"\(path)/runs/\(report.run.id)/changes.csv\">All as CSV</a></p>"
        return "<h2>Changes</h2>\(csv)\(Parts.table("In the order of the plan", ["Key", "Before", "After", "Outcome", "Proof"], rows))\(more)"
    }
}

/// What tells of people is shown to those who have the right, and to nobody else.
struct Masking {
    static let hidden = "(hidden: it tells of a person)"
    private let visit: Visit

    init(_ visit: Visit) { self.visit = visit }

    func hides(_ entity: String) -> Bool { !visit.seesPeople && (visit.house?.isPersonal(entity) ?? true) }

    /// The reason in words; of a person's record only its code, because the words may hold the value.
    func reason(of entity: String, _ reason: RejectReason?) -> String {
        guard let reason else { return "" }
        return hides(entity) ? "\(reason.code)" : reason.text
    }

    func text(_ entity: String, _ text: String?) -> String { hides(entity) ? Self.hidden : text ?? "" }
}
