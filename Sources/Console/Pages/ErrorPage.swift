import Domain
import Engine
import Foundation
import Reports
import StateStore

/// One rejected record: what is wrong, how it was written, and where it is put right.
enum ErrorPage {
    static func show(_ visit: Visit) throws -> ConsoleResponse {
        let id = try visit.number("id")
        let found = try visit.read { try Found(id, visit, $0) }
        if try visit.seesPeople && visit.shop.isPersonal(found.error.entity) { try visit.app.note(visit, "saw a person's record", "error \(id)") }
        return response(visit, found)
    }

    /// An error with all that its page tells.
    struct Found {
        var error: QueuedError
        var bench: RecordBench?
        var siblings: [QueuedError]
        var next: QueuedError?
        var run: Run?
        var fileName: String?

        init(_ id: Int64, _ visit: Visit, _ reader: LedgerReader) throws {
            guard let error = try reader.error(id) else {
                throw Diagnostic("ERROR-UNKNOWN", "there is no error \(id)", fix: "look at the list of errors")
            }
            self.error = error
            bench = try visit.shop.bench(for: error, reader)
            siblings = error.state == .open ? try reader.siblings(of: error).filter { $0.id != id } : []
            let cause = ErrorCause.Key(
                flow: error.flow, entity: error.entity, code: error.verdict.reason?.code ?? "", field: error.verdict.reason?.column)
            next = try reader.openErrors(of: cause, after: id, limit: 1).first
            run = try reader.run(error.run)
            fileName = try run?.delivery.flatMap { try reader.delivery($0)?.displayName }
        }
    }

    static func response(_ visit: Visit, _ found: Found, editing: ErrorForm = ErrorForm()) -> ConsoleResponse {
        let error = found.error
        let path = (try? visit.path()) ?? ""
        let masking = Masking(visit)
        let isHidden = masking.hides(error.entity)
        let reason = error.verdict.reason
        let view = ErrorView(error)
        let facts: [(String, HTML)] = [
            ("Run", "<a href=\"\(path)/runs/\(error.run)\">run \(error.run)</a>"),
            ("Place", "\(found.fileName ?? "") line \(error.verdict.origin.line) (record \(error.verdict.origin.number))"),
            (
                Frame.sentence(visit.house?.noun(error.entity) ?? "key"),
                isHidden
                    ? HTML(Masking.hidden)
                    : error.verdict.key.map { "<a href=\"\(path)/search?q=\(FormReader.encoded($0.text))\">\($0.description)</a>" as HTML } ?? "–"
            ),
            ("Code", HTML(reason?.code ?? "–")), ("Column", HTML(reason?.column ?? "–")), ("Value", HTML(masking.text(error.entity, reason?.value))),
        ]
        let next: HTML = found.next.map { "<p><a href=\"\(path)/errors/\($0.id)\">Next error of this cause</a></p>" } ?? ""
        let siblings: HTML =
            found.siblings.isEmpty || isHidden
            ? ""
            : "<p>\(Parts.count(found.siblings.count, "other record", "other records")) of the same \(visit.house?.noun(error.entity) ?? "key"), retried together with it.</p>"
        let body: HTML = """
            \(Parts.errorSummary(editing.problems))<p><a href="\(path)/errors?flow=\(FormReader.encoded(error.flow))">Errors of \(error.flow)</a></p>
            <h1>Error \(error.id) · \(error.flow) \(state(error))</h1>
            <section class="card \(error.state == .open ? "amber" : "green")"><h2>\(isHidden ? reason?.code ?? "" : Frame.sentence(reason?.text ?? "rejected"))</h2>
            <p>Fix: \(reason?.fix ?? "").</p></section>
            \(ErrorActions.forms(found, visit, path, editing))
            \(siblings)
            \(written(view, isHidden))
            \(Parts.list(facts))
            \(next)
            """
        let title = "Error \(error.id) – \(error.flow)"
        return Frame.response(visit, Page(editing.problems.isEmpty ? title : "Error: \(title)", section: "errors", status: editing.status, body))
    }

    static func state(_ error: QueuedError) -> HTML {
        switch error.state {
        case .open: Parts.tag(.amber, "waits")
        case .retried: Parts.tag(.green, "retried")
        case .dismissed: Parts.tag(.grey, "dismissed")
        }
    }

    /// The line end goes without saying.
    private static func withoutLineEnd(_ line: String) -> String {
        var line = line
        for end in ["\\x0a", "\\x0d"] where line.hasSuffix(end) { line.removeLast(end.count) }
        return line
    }

    private static func written(_ view: ErrorView, _ isHidden: Bool) -> HTML {
        guard let original = view.original else { return "" }
        if isHidden { return "<p>The record is hidden, because it tells of a person. The right <em>people</em> shows it.</p>" }
        let edited: HTML =
            view.edited.map { "<h2>As it was corrected</h2><pre tabindex=\"0\" aria-label=\"Corrected line\">\(withoutLineEnd($0))</pre>" } ?? ""
        return """
            <h2>As the ERP wrote it</h2>
            <pre tabindex="0" aria-label="Line of the file">\(withoutLineEnd(original))</pre>
            \(edited)
            """
    }
}

/// What somebody typed into an error's form, and what is wrong with it.
struct ErrorForm {
    var problems: [(field: String, text: String)] = []
    /// By the number of the cell.
    var cells: [Int: String] = [:]
    var line: String?
    var because = ""
    var status = 200
}
