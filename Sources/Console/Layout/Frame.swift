import Domain
import Foundation
import StateStore

/// A page before it has its frame.
struct Page {
    var title: String
    var body: HTML
    var status = 200
    /// The entry of the navigation that it belongs to.
    var section = ""

    init(_ title: String, section: String = "", status: Int = 200, _ body: HTML) {
        self.title = title
        self.section = section
        self.status = status
        self.body = body
    }
}

/// What stands around every page.
enum Frame {
    static let sections = [
        ("home", "", "Home"), ("errors", "/errors", "Errors"), ("runs", "/runs", "Runs"), ("plans", "/plans", "Held plans"),
        ("files", "/files", "Files"), ("orders", "/orders", "Orders"), ("schedule", "/schedule", "Schedule"), ("alarms", "/alarms", "Alarms"),
        ("compare", "/compare", "Compare"), ("reports", "/reports", "Reports"),
    ]

    static func response(_ visit: Visit, _ page: Page) -> ConsoleResponse {
        .html(html(visit, page), status: page.status)
    }

    private static func html(_ visit: Visit, _ page: Page) -> HTML {
        let name = visit.house?.name
        let title = [page.title, name, "Tallyman"].compactMap { $0 }.joined(separator: " – ")
        let mode: HTML =
            visit.house.map { $0.isTraining ? "<strong class=\"mode training\">TRAINING</strong>" : "<strong class=\"mode\">LIVE</strong>" } ?? ""
        let shop: HTML = name.map { "<span class=\"shop\">\($0)</span> \(mode)" } ?? ""
        return """
            <!DOCTYPE html>
            <html lang="en-GB">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(title)</title>
            <link rel="stylesheet" href="\(Assets.path("console.css"))">
            <link rel="icon" type="image/svg+xml" href="\(Assets.path("icon.svg"))">
            <script src="\(Assets.path("live.js"))" defer></script>
            </head>
            <body class="\(visit.house?.isTraining == true ? "is-training" : "")">
            <a class="skip" href="#content">Skip to the content</a>
            <header>
            <div class="bar"><a class="name" href="/">Tallyman</a> \(shop)\(account(visit))</div>
            \(navigation(visit, page))</header>
            <main id="content" tabindex="-1">
            \(page.body)
            </main>
            <footer><p>Times are those of \(visit.house?.zone.identifier ?? "UTC"). As at \(visit.time(visit.now)). <a href="\(HTML.whole(visit.request.target))">Refresh</a>\(visit.guest == nil ? "" : " · <a href=\"/help\">Help</a>")</p></footer>
            </body>
            </html>

            """
    }

    private static func account(_ visit: Visit) -> HTML {
        guard let guest = visit.guest else { return "" }
        return """
            <form class="account" method="post" action="/sign-out">\(visit.formToken)<span>\(guest.user.name)</span>\
            <button class="link" type="submit">Sign out</button></form>
            """
    }

    private static func navigation(_ visit: Visit, _ page: Page) -> HTML {
        guard visit.guest != nil, visit.grant != nil, let path = try? visit.path() else { return "" }
        let counts =
            (try? visit.read { (errors: try $0.openErrorCount(), held: try $0.openRuns().count { $0.state == .held }) }) ?? (errors: 0, held: 0)
        let links: [HTML] = sections.map { id, rest, caption in
            let count = id == "errors" ? counts.errors : id == "plans" ? counts.held : 0
            let number: HTML = count > 0 ? " <span class=\"count\">\(count)</span>" : ""
            let current: HTML = page.section == id ? " aria-current=\"page\"" : ""
            return "<li><a href=\"\(path + rest)\"\(current)>\(caption)\(number)</a></li>"
        }
        let admin: [HTML] =
            guestIsAdmin(visit)
            ? [("audit", "Audit"), ("settings", "Settings")].map { id, caption in
                "<li><a href=\"\(path)/\(id)\"\(page.section == id ? " aria-current=\"page\"" as HTML : "")>\(caption)</a></li>"
            } : []
        let training: HTML =
            visit.house?.isTraining == true
            ? "<li><a href=\"\(path)/training\"\(page.section == "training" ? " aria-current=\"page\"" as HTML : "")>Training</a></li>" : ""
        return """
            <nav aria-label="Pages"><ul>\(links)\(admin)\(training)</ul>
            <form class="search" role="search" action="\(path)/search"><label for="q">Find a product, order, run or file</label>
            <input id="q" name="q" type="search" autocomplete="off" value="\(page.section == "search" ? visit.request.query("q") ?? "" : "")">
            <button type="submit">Find</button></form></nav>

            """
    }

    private static func guestIsAdmin(_ visit: Visit) -> Bool { visit.guest?.user.isAdmin ?? false }

    // MARK: Pages that are no page

    static func problem(_ visit: Visit, _ diagnostic: Diagnostic, status: Int) -> ConsoleResponse {
        let back: HTML = visit.guest == nil ? "<p><a href=\"/sign-in\">Sign in</a></p>" : "<p><a href=\"/\">All shops</a></p>"
        let body: HTML = """
            <h1>\(sentence(diagnostic.summary))</h1>
            <p>\(sentence(diagnostic.fix)).</p>
            <p class="hint">\(visit.guest == nil ? HTML(diagnostic.code) : "<a href=\"/help/\(diagnostic.code)\">\(diagnostic.code)</a>")</p>
            \(back)
            """
        return response(visit, Page(sentence(diagnostic.summary), status: status, body))
    }

    static func forbidden(_ visit: Visit) -> ConsoleResponse {
        problem(visit, rightMissing, status: 403)
    }

    static let rightMissing = Diagnostic(
        "CONSOLE-RIGHT", "you do not have the right to do this", fix: "ask an administrator of the console for the role")

    static func tooMany(_ visit: Visit, seconds: Int) -> ConsoleResponse {
        var answer = problem(
            visit, Diagnostic("CONSOLE-BUSY", "too many requests at once", fix: "wait \(seconds) seconds and try again", kind: .transient),
            status: 429)
        answer.headers.append(("Retry-After", "\(seconds)"))
        return answer
    }

    static func sentence(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
}
