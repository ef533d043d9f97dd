import Domain
import Engine
import StateStore

/// Plans that wait for somebody's decision.
enum PlansPage {
    static func show(_ visit: Visit) throws -> ConsoleResponse {
        let path = try visit.path()
        let held = try visit.read { reader in try reader.openRuns().filter { $0.state == .held }.map { try RunReport($0.id, reader) } }
        let cards: [HTML] = held.map { report in
            let reasons: [HTML] = report.plans.flatMap(\.findings).map {
                "<li>\(Parts.tag(.amber, $0.gate.replacing("_", with: " "))) \($0.text)</li>"
            }
            let changes = report.plans.reduce(0) { $0 + $1.summary.creates + $1.summary.updates }
            return """
                <section class="card amber"><h2><a href="\(path)/runs/\(report.run.id)">Run \(report.run.id) · \(report.run.flow)</a></h2>
                <p>\(report.fileName ?? report.run.cause): \(Parts.count(changes, "change", "changes")) wait since \(visit.time(report.run.started)), for \(visit.age(report.run.started)).</p>
                <ul>\(reasons)</ul>
                \(Decisions.link(report.run, visit, path))</section>

                """
        }
        let heading = held.isEmpty ? "No plan is held" : Parts.count(held.count, "plan waits for a decision", "plans wait for a decision")
        let body: HTML = """
            <div id="plans" data-live="5"><h1 data-state="1">\(heading)</h1>
            <p>A plan is held when it changes more than its limits allow. Nothing of it has been sent. Later files of the same flow wait or are planned anew.</p>
            \(cards)</div>
            <p class="hidden" aria-live="polite" data-said="1">\(heading)</p>
            """
        return Frame.response(visit, Page(heading, section: "plans", body))
    }
}
