import Domain
import Engine
import StateStore

/// What can be done about a whole cause: always about the records that were shown, never about those that came since.
enum CauseActions {
    static func forms(_ cause: ErrorCause, _ visit: Visit, _ path: String) -> HTML {
        guard visit.may(.operator) else { return "" }
        return """
            <form class="block" method="post" action="\(path)/errors/cause">\(visit.formToken)\(Orders.once(visit))\(hidden(cause))
            <input type="hidden" name="count" value="\(cause.count)"><input type="hidden" name="example" value="\(cause.example.id)">
            <div class="buttons"><button type="submit" name="do" value="retry">\(cause.count == 1 ? "Retry it" : "Retry these \(Parts.number(cause.count))")</button>
            \(cause.count == 1 ? "" : "<button class=\"secondary\" type=\"submit\" name=\"do\" value=\"try\">Try one first</button>" as HTML)</div></form>

            """
    }

    /// The cause and the youngest of its records, as they were shown.
    static func hidden(_ cause: ErrorCause) -> HTML {
        let field: HTML = cause.key.field.map { "<input type=\"hidden\" name=\"cause_field\" value=\"\(HTML.whole($0))\">" } ?? ""
        return """

            <input type="hidden" name="cause_flow" value="\(cause.key.flow)"><input type="hidden" name="cause_entity" value="\(cause.key.entity)">
            <input type="hidden" name="cause_code" value="\(cause.key.code)">\(field)<input type="hidden" name="through" value="\(cause.highest)">
            """
    }

    static func cause(_ form: Form) -> (key: ErrorCause.Key, through: Int64)? {
        guard let flow = form.text("cause_flow"), let entity = form.text("cause_entity"), let code = form.text("cause_code"),
            let through = form.text("through").flatMap({ Int64($0) })
        else { return nil }
        return (ErrorCause.Key(flow: flow, entity: entity, code: code, field: form["cause_field"]), through)
    }

    static func carryOut(_ visit: Visit) throws -> ConsoleResponse {
        let form = Form(visit.request)
        guard let (key, through) = cause(form) else { throw Orders.incomplete }
        let flow = key.flow
        let path = try visit.path()
        let back = "\(path)/errors?flow=\(FormReader.encoded(flow))"
        let isTrial = form["do"] == "try"
        let subject: Instruction.Subject
        let count: Int
        let example = form.text("example").flatMap { Int64($0) } ?? through
        if isTrial {
            subject = .errors([example])
            count = 1
        } else {
            subject = .cause(key, through: through)
            count = form.text("count").flatMap { Int($0) } ?? 0
        }
        // A trial of one is how somebody finds out; the same form sent again has its answer already.
        let token = try Orders.token(form)
        if !isTrial, try visit.read({ try $0.instruction(token: token) }) == nil,
            let question = try SureQuestion.about(key, through: through, count, form, visit)
        {
            return question
        }
        do {
            return try Orders.enter(try Orders.instruction(.retry, subject, of: flow, seen: "\(count)", form, visit), visit) { reader in
                let waiting = try reader.openErrorNumbers(of: key, through: through)
                guard isTrial ? waiting.contains(example) : waiting.count == count else {
                    throw Orders.stale("of \(count) records that were shown, \(isTrial ? 0 : waiting.count) still wait")
                }
                // Two orders of one cause at once would send its records one after the other for nothing.
                if let other = try reader.openInstructions(flow: flow).first(where: { $0.subject == subject }) {
                    throw Orders.stale("\(other.who) has ordered the same already")
                }
            }
        } catch let stale as Diagnostic where stale.code == "CONSOLE-STALE" {
            return try Orders.staleResponse(visit, stale, subject: "errors", back: back)
        }
    }
}
