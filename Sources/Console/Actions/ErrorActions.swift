import Domain
import Engine
import StateStore

/// What can be done about one record: correct it, retry it, dismiss it.
enum ErrorActions {
    /// So many cells stand open; of wider files the rest is folded.
    private static let shownCells = 12
    /// A longer record is corrected on the machine: a browser sends it back in no form that is taken.
    private static let longestRecord = 100 << 10

    static func forms(_ found: ErrorPage.Found, _ visit: Visit, _ path: String, _ editing: ErrorForm) -> HTML {
        let error = found.error
        guard error.state == .open else { return "" }
        guard visit.may(.operator) else { return "<p class=\"hint\">Operators can correct and retry this record.</p>" }
        let action = "\(path)/errors/\(error.id)"
        let seen: HTML = "<input type=\"hidden\" name=\"seen\" value=\"\(mark(error))\">"
        let dismiss: HTML = """
            <details\(editing.problems.contains { $0.field == "because" } ? " open" as HTML : "")><summary>Dismiss it instead</summary>
            <form class="block" method="post" action="\(action)">\(visit.formToken)\(Orders.once(visit))\(seen)
            <p>It leaves the queue for good. The next file may bring it again.</p>
            \(Parts.field("because", "Because", problem: editing.problems.first { $0.field == "because" }?.text, value: editing.because))
            <button class="warning" type="submit" name="do" value="dismiss">Dismiss</button></form></details>

            """
        let isHidden = Masking(visit).hides(error.entity)
        let isLong = (error.edited ?? error.verdict.original ?? []).count > longestRecord
        guard !isHidden, !isLong, let bench = found.bench, bench.isComplete else {
            let why =
                isHidden
                ? "It tells of a person: whoever has the right “people” can correct it here."
                : isLong
                    ? "The record is too long to be corrected here: `tallyman errors edit \(error.id)` does."
                    : "There is no line of a file to correct."
            let retry: HTML = """
                <form class="block" method="post" action="\(action)">\(visit.formToken)\(Orders.once(visit))\(seen)
                <p>\(Parts.words(why))
                Put it right where the fix says, then retry.</p>
                <button type="submit" name="do" value="retry">Retry</button></form>

                """
            return .joined([retry, dismiss])
        }
        return """
            <h2>Correct it</h2>
            <form class="block" method="post" action="\(action)">\(visit.formToken)\(Orders.once(visit))\(seen)
            \(bench.cells.isEmpty ? line(bench, editing) : cells(bench, editing))
            <div class="buttons"><button type="submit" name="do" value="retry">Save and retry</button>
            <button class="secondary" type="submit" name="do" value="save">Save only</button></div>
            <p class="hint">It is read again before it is saved. Nothing else of the file is touched.</p></form>
            \(dismiss)
            """
    }

    private static func line(_ bench: RecordBench, _ editing: ErrorForm) -> HTML {
        let problem = editing.problems.first { $0.field == "line" }?.text
        let message: HTML = problem.map { "<span class=\"field-error\" id=\"line-error\"><span class=\"hidden\">Error:</span> \($0)</span>" } ?? ""
        return """
            <div class="field\(problem == nil ? "" : " has-error")"><label for="line">The record</label>\(message)
            <textarea id="line" name="line" rows="6" spellcheck="false">\(HTML.whole(editing.line ?? bench.text))</textarea></div>

            """
    }

    private static func cells(_ bench: RecordBench, _ editing: ErrorForm) -> HTML {
        let fields = bench.cells.enumerated().map { index, cell -> (isFirst: Bool, field: HTML) in
            let problem = editing.problems.first { $0.field == "cell-\(index)" }?.text
            let value = editing.cells[index] ?? cell.text
            let field = Parts.field(
                "cell-\(index)", cell.caption, hint: cell.isNamed && problem == nil ? "This cell was rejected" : nil, problem: problem, value: value)
            return (cell.isNamed || problem != nil, field)
        }
        guard fields.count > shownCells else { return "<div class=\"cells\">\(fields.map(\.field))</div>" }
        let first = fields.enumerated().filter { $0.element.isFirst || $0.offset < 4 }.map(\.element.field)
        let rest = fields.enumerated().filter { !$0.element.isFirst && $0.offset >= 4 }.map(\.element.field)
        return "<div class=\"cells\">\(first)</div><details><summary>\(rest.count) other cells</summary><div class=\"cells\">\(rest)</div></details>"
    }

    /// What the record is now: somebody else's correction makes another mark.
    static func mark(_ error: QueuedError) -> String {
        String(StableHash.of("\(error.state.rawValue) ".utf8 + (error.edited ?? [])), radix: 16)
    }

    // MARK: What was sent

    static func carryOut(_ visit: Visit) async throws -> ConsoleResponse {
        let id = try visit.number("id")
        let form = Form(visit.request)
        let path = try visit.path()
        let found = try visit.read { try ErrorPage.Found(id, visit, $0) }
        // The same form sent again leads to the same page.
        let token = try Orders.token(form)
        if let known = try visit.read({ try $0.instruction(token: token) }) { return try Orders.page(of: known.id, visit) }
        guard found.error.state == .open, form["seen"] == mark(found.error) else {
            let text = found.error.state == .open ? "somebody else has corrected error \(id)" : "error \(id) is \(found.error.state.rawValue) already"
            return try Orders.staleResponse(
                visit, Orders.stale(text), subject: found.error.state == .open ? "error \(id)" : "errors \(id)", back: "\(path)/errors/\(id)")
        }
        if form["do"] == "dismiss" { return try dismiss(found, form, visit, path) }
        let edit: [UInt8]?
        // What is hidden is retried as it is: its cells were not in the form, and are not taken from one.
        switch try Masking(visit).hides(found.error.entity) ? .same : correction(found, form) {
        case .refused(let editing): return ErrorPage.response(visit, found, editing: editing)
        case .same: edit = nil
        case .new(let bytes): edit = bytes
        }
        guard form["do"] == "retry" else {
            if let edit { try save(edit, found, visit) }
            return .seeOther("\(path)/errors/\(id)")
        }
        if edit == nil, let question = try SureQuestion.about(found.error, form, visit) { return question }
        let order = try Orders.instruction(.retry, .errors([id]), of: found.error.flow, seen: "", form, visit)
        let desk = try visit.shop.desk()
        let number = try desk.ledger.write(.operators) { writer in
            if let known = try writer.reader.instruction(token: order.token) { return known.id }
            if let edit { try desk.desk.edit(id, to: edit, seen: mark(found.error), by: visit.actor, writer, mark: mark) }
            return try writer.order(order)
        }
        desk.announce()
        return try Orders.page(of: number, visit)
    }

    private static func save(_ bytes: [UInt8], _ found: ErrorPage.Found, _ visit: Visit) throws {
        let desk = try visit.shop.desk()
        try desk.ledger.write(.operators) { writer in
            try desk.desk.edit(found.error.id, to: bytes, seen: mark(found.error), by: visit.actor, writer, mark: mark)
        }
    }

    private static func dismiss(_ found: ErrorPage.Found, _ form: Form, _ visit: Visit, _ path: String) throws -> ConsoleResponse {
        guard let because = form.text("because") else {
            return ErrorPage.response(
                visit, found, editing: ErrorForm(problems: [("because", "Say why, for those who look for it later.")], status: 422))
        }
        _ = try visit.shop.desk().desk.dismiss([found.error.id], by: visit.actor, because: String(because.prefix(500)))
        return .seeOther("\(path)/errors/\(found.error.id)")
    }

    private enum Correction {
        case same
        case new([UInt8])
        case refused(ErrorForm)
    }

    /// What the person typed, read by the flow's own reader.
    private static func correction(_ found: ErrorPage.Found, _ form: Form) throws -> Correction {
        guard let bench = found.bench, bench.isComplete else { return .same }
        var editing = ErrorForm(status: 422)
        for index in bench.cells.indices { editing.cells[index] = form["cell-\(index)"] }
        editing.line = form["line"]
        func refused(_ field: String, _ text: String) -> Correction {
            editing.problems = [(field, text)]
            return .refused(editing)
        }
        let field = bench.cells.isEmpty ? "line" : "cell-\(bench.cells.firstIndex { $0.isNamed } ?? 0)"
        do {
            let bytes: [UInt8]
            if bench.cells.isEmpty {
                guard let line = form["line"], !isSame(line, bench.text) else { return .same }
                bytes = try bench.record(line: line)
            } else {
                var changed: [Int: String] = [:]
                for (index, cell) in bench.cells.enumerated() {
                    if let text = form["cell-\(index)"], !isSame(text, cell.text) { changed[index] = text }
                }
                if changed.isEmpty { return .same }
                bytes = try bench.record(with: changed)
            }
            guard let reason = try bench.problem(with: bytes) else { return .new(bytes) }
            let text = "\(Frame.sentence(reason.text)). \(Frame.sentence(reason.fix))."
            return refused(bench.index(of: reason.column).map { "cell-\($0)" } ?? field, text)
        } catch let diagnostic as Diagnostic {
            return refused(field, "\(Frame.sentence(diagnostic.summary)). \(Frame.sentence(diagnostic.fix)).")
        }
    }

    /// Browsers send line breaks their own way, and what cannot be seen comes back as it was shown.
    private static func isSame(_ sent: String, _ text: String) -> Bool {
        func plain(_ text: String) -> String { text.replacing("\r\n", with: "\n").replacing("\r", with: "\n").trimmedLineEnds }
        return plain(sent) == plain(text) || plain(sent) == plain(HTML.visible(text))
    }
}

extension String {
    fileprivate var trimmedLineEnds: String {
        var text = self
        while text.last == "\n" { text.removeLast() }
        return text
    }
}
