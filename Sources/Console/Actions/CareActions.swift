import Domain
import Engine
import StateStore

/// What people say of an alarm: that they are on it, or that they do not want to be told of it for a while. Neither takes it off a page.
enum CareActions {
    /// Who cares, and the forms to do so.
    static func words(_ entry: AlarmBook.Entry, _ care: AlarmCare?, _ visit: Visit, _ path: String) -> HTML {
        let isOfThis = care.map { $0.since == entry.since || $0.isSilent(at: visit.now, entry.severity) } ?? false
        let known = isOfThis ? care : nil
        let acknowledged: HTML = known?.acknowledged.map { "<p>\(Parts.tag(.blue, "acknowledged")) by \($0.who), \(visit.time($0.at))</p>" } ?? ""
        let isSnoozed = known?.isSilent(at: visit.now, entry.severity) ?? false
        let snoozed: HTML =
            isSnoozed
            ? "<p>\(Parts.tag(.grey, "snoozed")) until \(visit.time(known?.snoozedUntil)) by \(known?.snoozed?.who ?? ""): \(known?.because ?? "")</p>"
            : ""
        return "\(acknowledged)\(snoozed)\(forms(entry, known, isSnoozed: isSnoozed, visit, path))"
    }

    private static func forms(_ entry: AlarmBook.Entry, _ care: AlarmCare?, isSnoozed: Bool, _ visit: Visit, _ path: String) -> HTML {
        guard visit.may(.operator) else { return "" }
        let id = "\(entry.key.code.rawValue)-\(Token.hash(entry.key.subject).prefix(8))"
        let hidden: HTML = """
            \(visit.formToken)<input type="hidden" name="code" value="\(entry.key.code.rawValue)"><input type="hidden" name="subject" value="\(entry.key.subject)">
            <input type="hidden" name="since" value="\(entry.since.milliseconds)">
            """
        func button(_ verb: String, _ caption: String) -> HTML {
            "<form class=\"block\" method=\"post\" action=\"\(path)/alarms/care\">\(hidden)<button class=\"secondary\" type=\"submit\" name=\"do\" value=\"\(verb)\">\(caption)</button></form>\n"
        }
        let acknowledge = care?.acknowledged == nil ? button("acknowledge", "I am on it") : ""
        if isSnoozed { return "\(acknowledge)\(button("wake", "End the snooze"))" }
        guard entry.key.code.canBeSnoozed else { return "\(acknowledge)<p class=\"hint\">It cannot be snoozed.</p>" }
        return """
            \(acknowledge)<details><summary>Snooze it</summary><form class="block" method="post" action="\(path)/alarms/care">\(hidden)
            <p>It stays on every page. Nobody is told of it until then, unless it becomes worse. If it is still there at the end, it is told again.</p>
            <div class="field"><label for="hours-\(id)">For</label><select id="hours-\(id)" name="hours">\(QuietTime.options(visit))</select></div>
            \(Parts.field("because-\(id)", "Because", value: ""))<input type="hidden" name="field" value="because-\(id)">
            <button type="submit" name="do" value="snooze">Snooze</button></form></details>

            """
    }

    static func carryOut(_ visit: Visit) throws -> ConsoleResponse {
        let form = Form(visit.request)
        let path = try visit.path()
        guard let code = form.text("code").flatMap({ AlarmCode(rawValue: $0) }), let subject = form["subject"],
            let since = form.text("since").flatMap({ Int64($0) })
        else { throw Orders.incomplete }
        let key = AlarmKey(code, subject)
        let care: OperatorDesk.Care
        switch form["do"] {
        case "acknowledge": care = .acknowledge
        case "wake": care = .forget
        case "snooze":
            let until = try QuietTime.end(form, visit)
            guard let because = form.text(form["field"] ?? "") else {
                throw Diagnostic("CONSOLE-FORM", "a snooze needs a reason", fix: "say why, for those who wonder: go back, and send it again")
            }
            care = .snooze(until: until, because: because)
        default: throw Orders.incomplete
        }
        let desk = try visit.shop.desk()
        let house = try visit.shop
        let isDone = try desk.ledger.write(.operators) { writer in
            // Another occurrence is another matter.
            guard let entry = try house.alarms(writer.reader, at: visit.now).first(where: { $0.key == key && $0.since.milliseconds == since }) else {
                return false
            }
            try desk.desk.care(care, for: entry, by: visit.actor, writer)
            return true
        }
        guard isDone else {
            return try Orders.staleResponse(
                visit, Orders.stale("the alarm \(code.rawValue) of \(subject) is over, or began anew"), subject: "\(code.rawValue) \(subject)",
                back: "\(path)/alarms")
        }
        return .seeOther("\(path)/alarms")
    }
}
