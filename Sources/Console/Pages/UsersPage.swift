import Domain
import StateStore

/// Who may use the console, and what happened at its door. Changes are made by `tallyman user`.
enum UsersPage {
    static func show(_ visit: Visit) throws -> ConsoleResponse {
        let store = visit.app.store
        let users = try store.users()
        let rows: [[HTML]] = try users.map { user in
            let roles = user.grants.map { "\($0.shop == "*" ? "all shops" : $0.shop): \($0.role.rawValue)\($0.seesPeople ? ", sees people" : "")" }
            let state: HTML =
                if user.isLocked { Parts.tag(.red, "locked") } else if user.passwordHash == nil { Parts.tag(.amber, "has not come in yet") } else {
                    Parts.tag(.green, user.factor == nil ? "password alone" : "password and code")
                }
            return [
                HTML(user.name),
                HTML((user.isAdmin ? ["admin"] : []).joined() + (user.isAdmin && !roles.isEmpty ? "; " : "") + roles.joined(separator: "; ")),
                state, visit.time(user.lastSignIn), "\(try store.sessions(of: user.name).count)",
            ]
        }
        let events: [[HTML]] = try store.events(limit: 100).map { event in
            [visit.time(event.at), HTML(event.who), HTML(event.address), HTML(event.what), HTML(event.detail)]
        }
        let body: HTML = """
            <h1>Users</h1>
            <p>People are added and changed on the machine: <code>tallyman user add NAME --role operator --shop SHOP</code>, <code>user grant</code>,
            <code>user lock</code>, <code>user reset</code>. A lock ends a person's sessions at once.</p>
            \(Parts.table("Users", ["Name", "Roles", "State", "Last sign-in", "Sessions"], rows))
            <h2>At the door</h2>
            \(events.isEmpty ? "<p>Nothing has happened yet.</p>" : Parts.table("The latest 100 events", ["At", "Who", "From", "What", "Detail"], events))
            """
        return Frame.response(visit, Page("Users", body))
    }
}
