import Domain
import Engine
import StateStore

/// Where the orders are: what waits, what needs someone, which files left and what the ERP said.
enum OrdersPage {
    private static let shown = 50

    static func show(_ visit: Visit) throws -> ConsoleResponse {
        let path = try visit.path()
        let flows = try visit.shop.flows(at: visit.now).filter(\.isOutbound)
        let found = try visit.read { reader in
            try flows.map { flow in
                (
                    flow: flow, counts: try reader.outboxCounts(flow: flow.name), oldest: try reader.longestDue(flow: flow.name),
                    refused: try reader.outboxDocuments(flow: flow.name, in: .refused, limit: shown),
                    due: try reader.outboxDocuments(flow: flow.name, in: .due, limit: shown),
                    files: try reader.recentConsignments(flow: flow.name, limit: 10)
                )
            }
        }
        let cards: [HTML] = found.map { flow, counts, oldest, refused, due, files in
            let numbers: [(String, HTML)] = OutboxDocument.Standing.allCases.compactMap { standing in
                guard let count = counts[standing] else { return nil }
                return (Frame.sentence(standing.rawValue), HTML(Parts.number(count)))
            }
            let late: HTML = oldest.map { "<p>Order \($0.identity.description) has been due since \(visit.time($0.since)).</p>" } ?? ""
            func list(_ documents: [OutboxDocument]) -> [[HTML]] {
                documents.map { document in
                    [
                        "<a href=\"\(path)/search?q=\(FormReader.encoded(document.identity.text))\">\(document.identity.description)</a>",
                        HTML(Escaped(document.reason ?? "", limit: 200).description),
                    ]
                }
            }
            let rows: [[HTML]] = files.map { file in
                let answer: HTML =
                    file.acknowledged.map { "confirmed \(visit.time($0))" }
                    ?? file.due.map { visit.now > $0 ? "\(Parts.tag(.red, "late")) due \(visit.time($0))" : "due \(visit.time($0))" } ?? "–"
                return [
                    HTML(file.name), "\(file.documents)", visit.time(file.placed), HTML(file.state.word), answer,
                    "<a href=\"\(path)/runs/\(file.run)\">run \(file.run)</a>",
                ]
            }
            let form: HTML =
                visit.may(.operator)
                ? """
                <form class="block" method="post" action="\(path)/flows/\(FormReader.encoded(flow.name))/run">\(visit.formToken)\(Orders.once(visit))<button class="secondary" type="submit">Run \(flow.name) now</button></form>
                """ : ""
            return """
                <section class="card \(refused.isEmpty ? "" : "amber")"><h2>\(flow.name)</h2>
                \(late)\(numbers.isEmpty ? "<p>The shop has had nothing for it yet.</p>" : Parts.list(numbers))
                \(refused.isEmpty ? "" : Parts.table("Could not leave: put them right in the shop or in the settings, then run it", ["Number", "Why"], list(refused)))
                \(due.isEmpty ? "" : Parts.table("Due, and leave with the next file", ["Number", "Note"], list(due)))
                \(rows.isEmpty ? "" : Parts.table("The latest files", ["File", "Documents", "Left", "State", "Answer of the ERP", "Run"], rows))
                \(form)</section>

                """
        }
        let body: HTML = """
            <h1>Orders</h1>
            <p>An order’s way, step by step, is found by its number.</p>
            \(cards.isEmpty ? "<p>No flow of this shop carries orders.</p>" : .joined(cards))
            """
        return Frame.response(visit, Page("Orders", section: "orders", body))
    }
}
