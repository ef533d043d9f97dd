import Domain
import StateStore

/// What waits, by cause: one card, one thing to fix. With a cause chosen, its records.
enum ErrorsPage {
    static let pageLength = 50
    /// So many causes on a page: each has its fixes beside it.
    private static let causesShown = 20

    static func show(_ visit: Visit) throws -> ConsoleResponse {
        if let cause = Cause.chosen(visit.request) { return try records(of: cause, visit) }
        let flow = visit.request.query("flow")
        let code = visit.request.query("code")
        let path = try visit.path()
        let skip = min(10_000, max(0, visit.request.query("skip").flatMap { Int($0) } ?? 0))
        let (found, total) = try visit.read {
            (try $0.causes(flow: flow, code: code, skipping: skip, limit: causesShown + 1), try $0.openErrorCount(flow: flow))
        }
        let causes = Array(found.prefix(causesShown))
        let cards: [HTML] = causes.map { card($0, visit, path) }
        let count = causes.reduce(0) { $0 + $1.count }
        let filter = [flow.map { "&flow=\(FormReader.encoded($0))" }, code.map { "&code=\(FormReader.encoded($0))" }].compactMap { $0 }.joined()
        let more: HTML =
            found.count > causesShown
            ? "<p class=\"pager\"><a rel=\"next\" href=\"\(path)/errors?skip=\(skip + causesShown)\(filter)\">Smaller causes</a></p>" : ""
        let heading = count == 0 ? "No rejected record waits" : Parts.count(count, "record waits", "records wait")
        let oldest: HTML =
            causes.map(\.since).min().map { "<p>\(Parts.count(causes.count, "cause", "causes")), the oldest since \(visit.time($0)).</p>" } ?? ""
        let rest: HTML =
            total > count && code == nil && count > 0
            ? "<p class=\"hint\">Of \(Parts.number(total)) records, those of the largest causes are shown.</p>" : ""
        let body: HTML = """
            <h1>\(heading)</h1>
            \(oldest)\(rest)
            <form class="block" method="get" action="\(path)/errors"><div class="cells">
            \(Filter.select("flow", "Flow", "all flows", try visit.shop.flows(at: visit.now).map(\.name), chosen: flow))
            \(Parts.field("code", "Code", value: code ?? ""))
            <div class="field"><button class="secondary" type="submit">Show</button></div></div></form>
            \(cards)\(more)
            """
        return Frame.response(visit, Page(heading, section: "errors", body))
    }

    static func card(_ cause: ErrorCause, _ visit: Visit, _ path: String) -> HTML {
        let masking = Masking(visit)
        let isHidden = masking.hides(cause.key.entity)
        let reason = cause.example.verdict.reason
        let value: HTML = isHidden ? "" : cause.value.map { " · value “\($0)”" } ?? ""
        let column: HTML = cause.key.field.map { " · column \($0)" } ?? ""
        let runs = cause.firstRun == cause.lastRun ? "run \(cause.lastRun)" : "runs \(cause.firstRun) to \(cause.lastRun)"
        let list = "\(path)/errors?\(Cause.query(cause.key))"
        return """
            <section class="card amber">
            <h2>\(Parts.number(cause.count)) × \(cause.key.flow) · \(cause.key.code)\(column)\(value)</h2>
            <p>Why: \(isHidden ? Masking.hidden : reason?.text ?? "").</p>
            <p>Fix: \(reason?.fix ?? "").</p>
            <p class="soft">\(runs), since \(visit.time(cause.since))</p>
            <p><a class="button secondary" href="\(path)/errors/\(cause.example.id)">Look at the newest</a> <a href="\(list)">All \(Parts.number(cause.count)) records</a> <a href="\(path)/errors/cause.csv?\(Cause.query(cause.key))">CSV</a></p>
            \(CauseActions.forms(cause, visit, path))\(isHidden ? "" : Replacements.form(cause, visit, path))</section>

            """
    }

    private static func records(of cause: ErrorCause.Key, _ visit: Visit) throws -> ConsoleResponse {
        let path = try visit.path()
        let after = visit.request.query("after").flatMap { Int64($0) } ?? 0
        let errors = try visit.read { try $0.openErrors(of: cause, after: after, limit: pageLength + 1) }
        let masking = Masking(visit)
        let rows: [[HTML]] = errors.prefix(pageLength).map { error in
            [
                "<a href=\"\(path)/errors/\(error.id)\">\(error.id)</a>", "<a href=\"\(path)/runs/\(error.run)\">\(error.run)</a>",
                "\(error.verdict.origin.line)", HTML(masking.text(error.entity, error.verdict.key?.description)),
                HTML(masking.text(error.entity, error.verdict.reason?.value)), error.edited == nil ? "" : Parts.tag(.blue, "corrected"),
            ]
        }
        let more: HTML =
            errors.count > pageLength
            ? "<p class=\"pager\"><a rel=\"next\" href=\"\(path)/errors?\(Cause.query(cause))&amp;after=\(errors[pageLength - 1].id)\">Next \(pageLength)</a></p>"
            : ""
        let noun = try visit.shop.noun(cause.entity)
        let body: HTML = """
            <p><a href="\(path)/errors">All causes</a></p>
            <h1>\(cause.flow) · \(cause.code)\(cause.field.map { " · column \($0)" as HTML })</h1>
            \(rows.isEmpty ? "" : "<p><a href=\"\(path)/errors/cause.csv?\(Cause.query(cause))\">All as CSV</a></p>")
            \(rows.isEmpty ? "<p>No record of this cause waits any more.</p>" : Parts.table("Records, the oldest first", ["Error", "Run", "Line", noun, "Value", "State"], rows))
            \(more)
            """
        return Frame.response(visit, Page("\(cause.code) – \(cause.flow)", section: "errors", body))
    }
}

/// A cause in an address and in a form.
enum Cause {
    static func query(_ key: ErrorCause.Key) -> String {
        let parts =
            [("cause_flow", key.flow), ("cause_entity", key.entity), ("cause_code", key.code)] + (key.field.map { [("cause_field", $0)] } ?? [])
        return parts.map { "\($0.0)=\(FormReader.encoded($0.1))" }.joined(separator: "&")
    }

    static func chosen(_ request: ConsoleRequest) -> ErrorCause.Key? {
        guard let flow = request.query("cause_flow"), let entity = request.query("cause_entity"), let code = request.query("cause_code") else {
            return nil
        }
        return ErrorCause.Key(flow: flow, entity: entity, code: code, field: request.query("cause_field"))
    }
}
