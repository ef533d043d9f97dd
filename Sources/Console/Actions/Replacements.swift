import Domain
import Engine
import StateStore

/// One value put in place of another in every record of a cause that holds it: those that were shown, all of them or none.
enum Replacements {
    /// So many at once: each is read by the flow's reader before anything is saved.
    static let most = 5000

    static func form(_ cause: ErrorCause, _ visit: Visit, _ path: String, problem: String? = nil, typed: String = "") -> HTML {
        guard visit.may(.operator), let field = cause.key.field, let value = cause.value, value.utf8.count <= HTML.longest, cause.sharing > 1,
            cause.sharing <= most
        else { return "" }
        let id = "new-\(cause.highest)"
        let count = "\(cause.sharing == cause.count ? "all " : "")\(Parts.count(cause.sharing, "record", "records"))"
        return """
            <details\(problem == nil ? "" : " open" as HTML)><summary>Replace “\(value)” in \(count)</summary>
            <form class="block" method="post" action="\(path)/errors/replace">\(visit.formToken)\(Orders.once(visit))\(CauseActions.hidden(cause))
            <input type="hidden" name="value" value="\(value)"><input type="hidden" name="sharing" value="\(cause.sharing)">
            <input type="hidden" name="field" value="\(id)">
            \(Parts.field(id, "\(field) instead of “\(value)”", hint: "Each record is read again with it before anything is saved.", problem: problem, value: typed))
            <div class="buttons"><button type="submit" name="do" value="retry">Replace and retry \(Parts.number(cause.sharing))</button>
            <button class="secondary" type="submit" name="do" value="save">Replace only</button></div></form></details>

            """
    }

    static func carryOut(_ visit: Visit) throws -> ConsoleResponse {
        let form = Form(visit.request)
        let path = try visit.path()
        guard let (key, through) = CauseActions.cause(form), let field = key.field, let value = form["value"],
            let count = form.text("sharing").flatMap({ Int($0) }),
            count <= most
        else { throw Orders.incomplete }
        guard !Masking(visit).hides(key.entity) else {
            throw Diagnostic("CONSOLE-RIGHT", "these records tell of people", fix: "ask for the right people")
        }
        let token = try Orders.token(form)
        if let known = try visit.read({ try $0.instruction(token: token) }) { return try Orders.page(of: known.id, visit) }
        let typed = form[form["field"] ?? ""] ?? ""
        let back = "\(path)/errors?flow=\(FormReader.encoded(key.flow))"
        do {
            let records = try visit.read { reader in
                let errors = try reader.openErrors(of: key, holding: value, through: through, limit: most + 1)
                guard errors.count == count else {
                    throw Orders.stale("of \(count) records that were shown, \(errors.count) still wait with this value")
                }
                return try visit.shop.benches(for: errors, of: key.flow, reader)
            }
            guard records.count == count else {
                throw Diagnostic(
                    "ERROR-NO-FILE", "the file behind some of these records is no longer known",
                    fix: "let the ERP write the file again, then dismiss them")
            }
            let edits: [(error: Int64, bytes: [UInt8], seen: String)]
            switch try replaced(records, field, by: typed) {
            case .failure(let problem): return try again(visit, key, problem.text, typed, path)
            case .success(let found): edits = found
            }
            let retries = form["do"] == "retry"
            let order = try Orders.instruction(.retry, .errors(edits.map(\.error)), of: key.flow, seen: "\(count)", form, visit)
            let desk = try visit.shop.desk()
            let number: Int64? = try desk.ledger.write(.operators) { writer in
                if let known = try writer.reader.instruction(token: order.token) { return known.id }
                let because = "\(field): “\(Escaped(value, limit: 80))” replaced by “\(Escaped(typed, limit: 80))”"
                try desk.desk.replace(edits, by: visit.actor, because: because, writer, mark: ErrorActions.mark)
                return retries ? try writer.order(order) : nil
            }
            desk.announce()
            return try number.map { try Orders.page(of: $0, visit) } ?? .seeOther(Orders.back(visit) ?? "\(path)/errors?\(Cause.query(key))")
        } catch let stale as Diagnostic where stale.code == "CONSOLE-STALE" {
            return try Orders.staleResponse(visit, stale, subject: "errors", back: back)
        }
    }

    private struct Problem: Error {
        var text: String
    }

    /// Every record with its new cell, as the reader takes it.
    private static func replaced(_ records: [(error: QueuedError, bench: RecordBench)], _ field: String, by text: String) throws
        -> Result<[(error: Int64, bytes: [UInt8], seen: String)], Problem>
    {
        var edits: [(error: Int64, bytes: [UInt8], seen: String)] = []
        for (error, bench) in records {
            guard bench.isComplete, let index = bench.index(of: field) else {
                return .failure(Problem(text: "Error \(error.id) cannot be corrected by a cell. Open it and correct its line."))
            }
            do {
                let bytes = try bench.record(with: [index: text])
                if let reason = try bench.problem(with: bytes) {
                    return .failure(
                        Problem(text: "Error \(error.id) would be rejected as well. \(Frame.sentence(reason.text)). \(Frame.sentence(reason.fix))."))
                }
                edits.append((error.id, bytes, ErrorActions.mark(error)))
            } catch let diagnostic as Diagnostic {
                return .failure(Problem(text: "Error \(error.id): \(diagnostic.summary). \(Frame.sentence(diagnostic.fix))."))
            }
        }
        return .success(edits)
    }

    private static func again(_ visit: Visit, _ key: ErrorCause.Key, _ problem: String, _ typed: String, _ path: String) throws -> ConsoleResponse {
        guard let cause = try visit.read({ try $0.causes(flow: key.flow, code: key.code) }).first(where: { $0.key == key }) else {
            throw Visit.notFound
        }
        let body: HTML = """
            \(Parts.errorSummary([("new-\(cause.highest)", problem)]))<h1>\(cause.key.flow) · \(cause.key.code) · column \(cause.key.field ?? "")</h1>
            <p>Nothing was saved.</p>
            \(form(cause, visit, path, problem: problem, typed: typed))
            <p><a href="\(path)/errors">All causes</a></p>
            """
        return Frame.response(visit, Page("Error: Replace a value", section: "errors", status: 422, body))
    }
}
