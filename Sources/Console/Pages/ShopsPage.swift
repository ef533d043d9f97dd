import Dispatch
import Domain
import Reports
import StateStore
import Synchronization

/// All shops that the person may see: the worst first. With one shop, its home.
enum ShopsPage {
    private struct Line: Sendable {
        var house: any ShopHouse
        var alarms: [AlarmBook.Entry] = []
        var held = 0
        var errors = 0
        var trouble: Diagnostic?

        var rank: Int {
            if trouble != nil { return 0 }
            guard let worst = alarms.first?.severity else { return held + errors > 0 ? 3 : 4 }
            return worst == .red ? 1 : 2
        }
    }

    static func show(_ visit: Visit) throws -> ConsoleResponse {
        let user = try visit.person.user
        let mine = visit.app.houses.filter { user.grant(in: $0.name) != nil }
        if mine.count == 1, let only = mine.first, !user.isAdmin { return .seeOther("/s/\(FormReader.encoded(only.name))") }
        let lines = lines(of: mine, visit).sorted { ($0.rank, $0.house.name) < ($1.rank, $1.house.name) }
        let rows: [[HTML]] = lines.map { line in
            let state: HTML =
                if let trouble = line.trouble {
                    Parts.tag(.red, "\(trouble.code): \(trouble.summary)")
                } else if let worst = line.alarms.first {
                    Parts.tag(worst.severity == .red ? .red : .amber, "\(worst.key.code.rawValue) \(worst.key.subject)")
                } else {
                    Parts.tag(.green, "all is well")
                }
            return [
                "<a href=\"/s/\(FormReader.encoded(line.house.name))\">\(line.house.name)</a>", state, "\(line.held)", "\(Parts.number(line.errors))",
            ]
        }
        let users: HTML = user.isAdmin ? "<p><a href=\"/users\">Users</a></p>" : ""
        let none: HTML = lines.isEmpty ? "<p>You have no role in any shop. Ask an administrator of the console.</p>" : ""
        let body: HTML = """
            <h1>Shops</h1>
            \(none)\(lines.isEmpty ? "" : Parts.table("All shops, the worst first", ["Shop", "State", "Held plans", "Errors"], rows))\(users)
            """
        return Frame.response(visit, Page("Shops", body))
    }

    private struct View: Encodable {
        var shop: String
        var alarms: [AlarmView]
        var held: Int
        var errors: Int
        var problem: String?
    }

    /// The same for programs, and for a console that shows the shops of this one.
    static func json(_ visit: Visit) throws -> any Encodable {
        let user = try visit.person.user
        return lines(of: visit.app.houses.filter { user.grant(in: $0.name) != nil }, visit).map { line in
            View(
                shop: line.house.name, alarms: line.alarms.map { AlarmView($0) }, held: line.held, errors: line.errors, problem: line.trouble?.code)
        }
    }

    /// All of them at once, as far as the machine goes: at the first time each ledger is opened.
    private static func lines(of houses: [any ShopHouse], _ visit: Visit) -> [Line] {
        let found = Mutex([Int: Line]())
        DispatchQueue.concurrentPerform(iterations: houses.count) { index in
            let line = line(of: houses[index], visit)
            found.withLock { $0[index] = line }
        }
        return found.withLock { found in houses.indices.compactMap { found[$0] } }
    }

    /// Each shop is asked alone: one that cannot be read is a line, and no other's trouble.
    private static func line(of house: any ShopHouse, _ visit: Visit) -> Line {
        var line = Line(house: house)
        do {
            try house.window().read { reader in
                line.alarms = try house.alarms(reader, at: visit.now)
                line.held = try reader.openRuns().count { $0.state == .held }
                line.errors = try reader.openErrorCount()
            }
        } catch {
            line.trouble = error as? Diagnostic ?? Diagnostic("LEDGER-ERROR", "the ledger cannot be read", fix: "run `tallyman doctor`")
        }
        return line
    }
}
