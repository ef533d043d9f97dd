import Domain
import StateStore

/// What an administrator does about people. Each of it asks who they are, unless they have just proven it, and is written down.
enum UserActions {
    private static let columns = 64

    /// What a name may be made of; the same as at the shell.
    static func isName(_ name: String) -> Bool {
        let allowed = name.unicodeScalars.allSatisfy { $0.isASCII && ($0.properties.isAlphabetic || "0123456789._-@".unicodeScalars.contains($0)) }
        return allowed && (1...columns).contains(name.count)
    }

    static func addForm(_ visit: Visit, problems: [Confirmation.Problem] = [], name: String = "") -> HTML {
        """
        <details\(problems.isEmpty ? "" : " open" as HTML)><summary>Add a person</summary>
        <form class="block" method="post" action="/users">\(visit.formToken)
        \(Parts.field("name", "Name", hint: "Letters, digits, and . _ - @", problem: problems.first { $0.field == "name" }?.text, value: name))
        \(role(visit, id: "new"))
        <div class="choice"><input type="checkbox" id="admin-new" name="admin" value="yes"><label for="admin-new">May add and change people</label></div>
        \(Proof.fields(visit, problem: problems.first { $0.field == "password" }?.text))
        <button type="submit">Add, and show the link</button></form></details>

        """
    }

    private static func role(_ visit: Visit, id: String) -> HTML {
        let roles: [HTML] = AccessRole.allCases.map { "<option value=\"\($0.rawValue)\">\($0.rawValue)</option>" }
        let shops: [HTML] = visit.app.houses.map { "<option value=\"\($0.name)\">\($0.name)</option>" }
        return """
            <div class="cells"><div class="field"><label for="role-\(id)">Role</label><select id="role-\(id)" name="role"><option value="">none</option>\(roles)</select></div>
            <div class="field"><label for="shop-\(id)">In</label><select id="shop-\(id)" name="shop"><option value="*">all shops</option>\(shops)</select></div></div>
            <div class="choice"><input type="checkbox" id="people-\(id)" name="people" value="yes"><label for="people-\(id)">Sees what tells of people</label></div>
            """
    }

    /// Where one person is changed.
    static func show(_ visit: Visit, problems: [Confirmation.Problem] = [], link: String? = nil) throws -> ConsoleResponse {
        let name = visit.values["name"] ?? ""
        guard let user = try visit.app.store.user(name) else { throw unknown(name) }
        let isSelf = name == visit.guest?.user.name
        let grants: [HTML] = user.grants.map { grant in
            "<li>\(grant.shop == "*" ? "all shops" : grant.shop): \(grant.role.rawValue)\(grant.seesPeople ? ", sees people" : "")</li>"
        }
        let shown: HTML =
            link.map {
                "<section class=\"banner\"><h2>A link for \(name), good once, for 24 hours</h2><pre tabindex=\"0\" aria-label=\"Link\">\(HTML.whole($0))</pre><p>It is shown here and nowhere else.</p></section>"
            } ?? ""
        func button(_ what: String, _ caption: String, _ words: String, kind: String = "secondary") -> HTML {
            """
            <form class="block" method="post" action="/users/\(FormReader.encoded(name))">\(visit.formToken)<p>\(words)</p>
            \(Proof.fields(visit, in: what))<button class="\(kind)" type="submit" name="do" value="\(what)">\(caption)</button></form>

            """
        }
        let body: HTML = """
            \(Parts.errorSummary(problems))<p><a href="/users">Users</a></p>
            <h1>\(name) \(user.isLocked ? Parts.tag(.red, "locked") : "")</h1>
            \(shown)
            <p>\(user.isAdmin ? "May add and change people." : "")\(user.grants.isEmpty ? " Has no role in any shop." : "")</p><ul>\(grants)</ul>
            <h2>Give a role</h2>
            <form class="block" method="post" action="/users/\(FormReader.encoded(name))">\(visit.formToken)
            \(role(visit, id: "given"))\(Proof.fields(visit, problem: problems.first { $0.field == "password" }?.text))
            <p class="hint">In place of the one that they have there; “none” takes it away. It counts from their next click on.</p>
            <button type="submit" name="do" value="grant">Give it</button></form>
            <h2>Sessions and link</h2>
            \(button("end", "End the sessions", "\(Parts.count(try visit.app.store.sessions(of: name).count, "session is", "sessions are")) open."))
            \(button("reset", "Forget password and authenticator", "For whoever has lost one of them. A new link is shown."))
            \(isSelf ? "<p class=\"hint\">Nobody keeps themselves out: another administrator does.</p>" : user.isLocked ? button("unlock", "Let in again", "They are kept out.") : button("lock", "Keep out", "Their sessions end at once.", kind: "warning"))
            """
        return Frame.response(
            visit, Page(problems.isEmpty ? "\(name) – Users" : "Error: \(name) – Users", status: problems.isEmpty ? 200 : 422, body))
    }

    private static func unknown(_ name: String) -> Diagnostic {
        Diagnostic("PAGE-UNKNOWN", "there is no user \(Escaped(name, limit: 80))", fix: "look at the list of users")
    }

    static func add(_ visit: Visit) async throws -> ConsoleResponse {
        let form = Form(visit.request)
        let name = form.text("name") ?? ""
        let isAdmin = form["admin"] == "yes"
        let grant = try grant(form, visit)
        var problems: [Confirmation.Problem] = []
        if !isName(name) { problems.append(("name", "A name has letters, digits, and . _ - @, at most 64 of them.")) }
        if try visit.app.store.user(name) != nil { problems.append(("name", "There is a user of this name already.")) }
        if grant == nil && !isAdmin { problems.append(("role-new", "Give a role, or the right to change people.")) }
        guard problems.isEmpty else { return try UsersPage.response(visit, problems: problems, name: name) }
        let proof = try await Proof.check(form, visit)
        if let problem = proof.problem { return try UsersPage.response(visit, problems: [("password", problem)], name: name) }
        try visit.app.store.add(user: name, isAdmin: isAdmin, grants: [grant].compactMap { $0 }, at: visit.now)
        return try linked(name, "added", proof.cookie, visit)
    }

    static func change(_ visit: Visit) async throws -> ConsoleResponse {
        let form = Form(visit.request)
        let name = visit.values["name"] ?? ""
        guard try visit.app.store.user(name) != nil else { throw unknown(name) }
        let what = form["do"] ?? ""
        guard ["grant", "end", "reset", "lock", "unlock"].contains(what) else { throw Orders.incomplete }
        guard what != "lock" || name != visit.guest?.user.name else {
            return try show(visit, problems: [("content", "Nobody keeps themselves out.")])
        }
        let proof = try await Proof.check(form, visit)
        if let problem = proof.problem { return try show(visit, problems: [("password", problem)]) }
        let store = visit.app.store
        switch what {
        case "grant":
            if let grant = try grant(form, visit) {
                try store.set(grant: grant, of: name)
            } else {
                try store.remove(grantIn: shop(form, visit), of: name)
            }
        case "end": for session in try store.sessions(of: name) where session.id != visit.guest?.session.id { try store.end(session: session.id) }
        case "lock", "unlock": try store.set(locked: what == "lock", of: name)
        default:
            try store.reset(user: name)
            return try linked(name, "reset", proof.cookie, visit)
        }
        try visit.app.note(visit, ["grant": "rights changed", "end": "sessions ended", "lock": "locked", "unlock": "unlocked"][what] ?? what, name)
        var answer = ConsoleResponse.seeOther("/users/\(FormReader.encoded(name))")
        if let cookie = proof.cookie { answer.headers.append(cookie) }
        return answer
    }

    /// The page of the person with a link that is shown this once.
    private static func linked(_ name: String, _ what: String, _ cookie: (name: String, value: String)?, _ visit: Visit) throws -> ConsoleResponse {
        let app = visit.app
        try app.note(visit, what, name)
        let link = try AccessDesk(store: app.store, settings: app.settings, timeline: app.timeline).link(for: name, signsIn: false)
        var values = visit.values
        values["name"] = name
        let page = Visit(
            app: app, request: visit.request, values: values, guest: visit.guest, house: nil, grant: nil, now: visit.now)
        var answer = try show(page, link: link)
        if let cookie { answer.headers.append(cookie) }
        return answer
    }

    private static func shop(_ form: Form, _ visit: Visit) throws -> String {
        let shop = form["shop"] ?? "*"
        guard shop == "*" || visit.app.houses.contains(where: { $0.name == shop }) else { throw Orders.incomplete }
        return shop
    }

    private static func grant(_ form: Form, _ visit: Visit) throws -> AccessGrant? {
        guard let text = form.text("role") else { return nil }
        guard let role = AccessRole(rawValue: text) else { throw Orders.incomplete }
        return AccessGrant(shop: try shop(form, visit), role: role, seesPeople: form["people"] == "yes")
    }
}
