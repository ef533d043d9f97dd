import Domain
import StateStore

/// Asks once more before a retry that would end as it did before: neither the records nor what they are read by has changed.
enum SureQuestion {
    /// What the shop itself answers may be another answer a moment later.
    static func isWorthAsking(_ code: String) -> Bool { !code.hasPrefix("SHOP-") }

    /// `nil` where there is nothing to ask, or the answer is in the form already.
    static func about(_ cause: ErrorCause.Key, through fence: Int64, _ count: Int, _ form: Form, _ visit: Visit) throws -> ConsoleResponse? {
        guard form["sure"] != "yes", isWorthAsking(cause.code), let now = try visit.shop.fingerprint(of: cause.flow),
            try visit.read({ try $0.areUnchanged(cause, through: fence, since: now) })
        else { return nil }
        return page(Parts.count(count, "record", "records"), "errors?\(Cause.query(cause))", form, visit, try visit.path())
    }

    static func about(_ error: QueuedError, _ form: Form, _ visit: Visit) throws -> ConsoleResponse? {
        guard form["sure"] != "yes", isWorthAsking(error.verdict.reason?.code ?? ""), let now = try visit.shop.fingerprint(of: error.flow),
            try visit.read({ try $0.isUnchanged(error, since: now) })
        else { return nil }
        return page("error \(error.id)", "errors/\(error.id)", form, visit, try visit.path())
    }

    /// The form as it was sent, with one button more.
    private static func page(_ what: String, _ back: String, _ form: Form, _ visit: Visit, _ path: String) -> ConsoleResponse {
        let fields: [HTML] = form.fields.filter { $0.name != "token" }.map {
            "<input type=\"hidden\" name=\"\($0.name)\" value=\"\(HTML.whole($0.value))\">\n"
        }
        let body: HTML = """
            <h1>Nothing has changed: retry all the same?</h1>
            <p>The settings, the profile and \(what) are as they were at the rejection. Unless something was put right in the shop, a retry ends the same way.</p>
            <form class="block" method="post" action="\(visit.request.path)">\(visit.formToken)\(fields)
            <div class="buttons"><button type="submit" name="sure" value="yes">Retry all the same</button></div></form>
            <p><a href="\(path)/\(back)">Do not retry</a></p>
            """
        return Frame.response(visit, Page("Nothing has changed: retry all the same?", section: "errors", body))
    }
}
