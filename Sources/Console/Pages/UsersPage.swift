import Domain
import StateStore

/// Who may use the console, and what happened at its door.
enum UsersPage {
    private struct View: Encodable {
        var name: String
        var admin: Bool
        var roles: [String]
        var locked: Bool
        var password: Bool
        var secondFactor: Bool
        var lastSignIn: String?
    }

    static func json(_ visit: Visit) throws -> any Encodable {
        try visit.app.store.users().map { user in
            View(
                name: user.name, admin: user.isAdmin,
                roles: user.grants.map { "\($0.shop) \($0.role.rawValue)\($0.seesPeople ? " people" : "")" }, locked: user.isLocked,
                password: user.passwordHash != nil, secondFactor: user.factor != nil, lastSignIn: user.lastSignIn.map { "\($0)" })
        }
    }

    static func show(_ visit: Visit) throws -> ConsoleResponse { try response(visit) }

    static func response(_ visit: Visit, problems: [Confirmation.Problem] = [], name: String = "") throws -> ConsoleResponse {
        let store = visit.app.store
        let users = try store.users()
        let rows: [[HTML]] = try users.map { user in
            let roles = user.grants.map { "\($0.shop == "*" ? "all shops" : $0.shop): \($0.role.rawValue)\($0.seesPeople ? ", sees people" : "")" }
            let state: HTML =
                if user.isLocked { Parts.tag(.red, "locked") } else if user.passwordHash == nil { Parts.tag(.amber, "has not come in yet") } else {
                    Parts.tag(.green, user.factor == nil ? "password alone" : "password and code")
                }
            return [
                "<a href=\"/users/\(FormReader.encoded(user.name))\">\(user.name)</a>",
                HTML((user.isAdmin ? ["admin"] : []).joined() + (user.isAdmin && !roles.isEmpty ? "; " : "") + roles.joined(separator: "; ")),
                state, visit.time(user.lastSignIn), "\(try store.sessions(of: user.name).count)",
            ]
        }
        let events: [[HTML]] = try store.events(limit: 100).map { event in
            [visit.time(event.at), HTML(event.who), HTML(event.address), HTML(event.what), HTML(event.detail)]
        }
        let body: HTML = """
            \(Parts.errorSummary(problems))<h1>Users</h1>
            <p>Whoever is added comes in by a link that is good once. On the machine, <code>tallyman user</code> does the same.</p>
            \(UserActions.addForm(visit, problems: problems, name: name))
            \(Parts.table("Users", ["Name", "Roles", "State", "Last sign-in", "Sessions"], rows))
            <h2>At the door</h2>
            \(events.isEmpty ? "<p>Nothing has happened yet.</p>" : Parts.table("The latest 100 events", ["At", "Who", "From", "What", "Detail"], events))
            """
        return Frame.response(visit, Page(problems.isEmpty ? "Users" : "Error: Users", status: problems.isEmpty ? 200 : 422, body))
    }
}
