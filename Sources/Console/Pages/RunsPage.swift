import Domain
import Engine
import StateStore

/// The latest runs, newest first; a page of them at a time.
enum RunsPage {
    static let pageLength = 50

    static func show(_ visit: Visit) throws -> ConsoleResponse {
        let flow = visit.request.query("flow")
        let state = visit.request.query("state").flatMap { Run.State(rawValue: $0) }
        let before = visit.request.query("before").flatMap { Int64($0) } ?? .max
        let path = try visit.path()
        let reports = try visit.read { reader in
            // The rest of a run's report is on its own page: fifty of them would be some hundreds of queries.
            try reader.runs(flow: flow, state: state, before: before, limit: pageLength + 1).map { run in
                (
                    run: run, fileName: try run.delivery.flatMap { try reader.delivery($0)?.displayName },
                    tallies: try reader.tallies(run: run.id)
                )
            }
        }
        let rows: [[HTML]] = reports.prefix(pageLength).map { report in
            let books: [HTML] = report.tallies.map { "<div>\($0.entity): \(Parts.books($0.tally))</div>" }
            return [
                "<a href=\"\(path)/runs/\(report.run.id)\">\(report.run.id)</a>", HTML(report.run.flow), visit.time(report.run.started),
                Parts.tag(report.run.state), HTML(report.fileName ?? report.run.cause), HTML.joined(books),
            ]
        }
        let filter = filterForm(visit, try visit.shop.flows(at: visit.now).map(\.name), flow: flow, state: state)
        let query = (flow.map { "&flow=\(FormReader.encoded($0))" } ?? "") + (state.map { "&state=\($0.rawValue)" } ?? "")
        let last = reports.prefix(pageLength).last?.run.id
        let older: HTML =
            reports.count > pageLength && last != nil
            ? "<p class=\"pager\"><a rel=\"next\" href=\"\(path)/runs?before=\(last ?? 0)\(query)\">Older runs</a></p>" : ""
        let body: HTML = """
            <h1>Runs</h1>
            \(filter)
            \(rows.isEmpty ? "<p>There is no such run.</p>" : Parts.table("Runs, newest first", ["Run", "Flow", "Started", "State", "File", "Books"], rows))
            \(older)
            """
        return Frame.response(visit, Page("Runs", section: "runs", body))
    }

    private static func filterForm(_ visit: Visit, _ flows: [String], flow: String?, state: Run.State?) -> HTML {
        """
        <form class="block" method="get" action="\(visit.request.path)"><div class="cells">
        \(Filter.select("flow", "Flow", "all flows", flows, chosen: flow))\(Filter.select("state", "State", "all states", Run.State.allCases.map(\.rawValue), chosen: state?.rawValue))
        <div class="field"><button class="secondary" type="submit">Show</button></div></div></form>
        """
    }
}

/// Choices that narrow a list; they live in the address alone.
enum Filter {
    static func select(_ id: String, _ label: String, _ all: String, _ options: [String], chosen: String?) -> HTML {
        let items: [HTML] = options.map { "<option value=\"\($0)\"\($0 == chosen ? " selected" as HTML : "")>\($0)</option>" }
        return """
            <div class="field"><label for="\(id)">\(label)</label><select id="\(id)" name="\(id)"><option value="">\(all)</option>\(items)</select></div>

            """
    }
}
