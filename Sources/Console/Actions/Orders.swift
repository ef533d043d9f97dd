import Domain
import Engine
import StateStore

/// What every form that orders or decides something has in common.
enum Orders {
    /// Makes the same form sent twice one order, and brings whoever filtered a list back to it.
    static func once(_ visit: Visit) -> HTML {
        let page: HTML =
            visit.request.method != "POST" && !visit.request.query.isEmpty
            ? "<input type=\"hidden\" name=\"back\" value=\"\(HTML.whole(visit.request.target))\">" : ""
        return "<input type=\"hidden\" name=\"once\" value=\"\(visit.app.timeline.randomHex(byteCount: 16))\">\(page)"
    }

    /// The list, with its filters, from which a form or an order's page was reached: a page of this shop, or nothing.
    static func back(_ visit: Visit) -> String? {
        let given = visit.request.method == "POST" ? Form(visit.request).text("back") : visit.request.query("back")
        guard let given, let path = try? visit.path(), given.hasPrefix(path + "/") || given.hasPrefix(path + "?") else { return nil }
        return given.contains(where: \.isNewline) ? nil : given
    }

    /// Leads to the page of an order.
    static func page(of id: Int64, _ visit: Visit) throws -> ConsoleResponse {
        .seeOther(try visit.path("/do/\(id)") + (back(visit).map { "?back=\(FormReader.encoded($0))" } ?? ""))
    }

    static func token(_ form: Form) throws -> String {
        guard let token = form.text("once"), token.utf8.count == 32 else { throw incomplete }
        return token
    }

    static let incomplete = Diagnostic("CONSOLE-FORM", "the form is not complete", fix: "load the page anew and send it again")

    /// Somebody was faster, or the books have moved on: what was ordered is not what would happen.
    static func stale(_ text: String) -> Diagnostic {
        Diagnostic("CONSOLE-STALE", text, fix: "look at the page as it is now, and decide again; nothing was done")
    }

    /// Enters an order and leads to its page. `check` is asked in the same transaction.
    static func enter(_ order: Instruction, _ visit: Visit, check: (LedgerReader) throws -> Void) throws -> ConsoleResponse {
        let desk = try visit.shop.desk()
        let id = try desk.ledger.write(.operators) { writer in
            if let known = try writer.reader.instruction(token: order.token) { return known.id }
            try check(writer.reader)
            // What decides nothing by itself is written down with the click: nothing else in the books names who wanted it.
            if order.action == .run || order.action == .compare {
                try desk.desk.note(order.action.rawValue, of: order.flow, by: visit.actor, because: order.because, in: writer)
            }
            return try writer.order(order)
        }
        desk.announce()
        return try page(of: id, visit)
    }

    /// The same, with a page for whoever was too late.
    static func enterOrTell(_ order: Instruction, _ visit: Visit, about subject: String, back: String, check: (LedgerReader) throws -> Void) throws
        -> ConsoleResponse
    {
        do {
            return try enter(order, visit, check: check)
        } catch let stale as Diagnostic where stale.code == "CONSOLE-STALE" {
            return try staleResponse(visit, stale, subject: subject, back: back)
        }
    }

    /// Throws where somebody has ordered something for the run that is not at an end.
    static func proveAlone(on run: Int64, of flow: String, _ reader: LedgerReader) throws {
        guard let other = try reader.openInstructions(flow: flow).first(where: { $0.subject.run == run }) else { return }
        throw stale("\(other.who) has decided already: \(other.action.rawValue)")
    }

    static func instruction(_ action: Instruction.Action, _ subject: Instruction.Subject, of flow: String, seen: String, _ form: Form, _ visit: Visit)
        throws -> Instruction
    {
        Instruction(
            token: try token(form), at: visit.now, who: visit.actor, action: action, flow: flow, subject: subject, seen: seen,
            because: form.text("because") ?? "")
    }

    /// Who did what to something last, for the page that says that somebody was faster.
    static func lastDecision(on subject: String, _ visit: Visit) throws -> HTML {
        guard let entry = try visit.read({ try $0.audit(limit: 200) }).first(where: { $0.subject == subject || $0.subject.hasPrefix(subject + ",") })
        else { return "" }
        return "<p>\(Frame.sentence(entry.who)): \(entry.action) of \(entry.subject), \(visit.time(entry.at)).</p>"
    }

    static func staleResponse(_ visit: Visit, _ diagnostic: Diagnostic, subject: String, back: String) throws -> ConsoleResponse {
        let back = Self.back(visit) ?? back
        let body: HTML = """
            <h1>This has changed meanwhile</h1>
            <p>\(Frame.sentence(diagnostic.summary)).</p>
            \(try lastDecision(on: subject, visit))
            <p>Nothing was done.</p>
            <p><a class="button" href="\(back)">Look at it as it is now</a></p>
            """
        return Frame.response(visit, Page("This has changed meanwhile", status: 409, body))
    }
}
