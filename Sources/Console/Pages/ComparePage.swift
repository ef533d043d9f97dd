import Domain
import Engine
import StateStore

/// What the latest comparisons with the shop found, and the button to compare now.
enum ComparePage {
    private static let shown = 50

    static func show(_ visit: Visit) throws -> ConsoleResponse {
        let path = try visit.path()
        let shop = try visit.shop
        let flows = try shop.flows(at: visit.now)
        let found = try visit.read { reader in
            try flows.map { flow in
                let latest = Dictionary(grouping: try reader.reconciliations(flow: flow.name, limit: 20), by: \.entity).compactMap { $0.value.first }
                return (
                    flow: flow,
                    values: try latest.sorted { $0.entity < $1.entity }.map { ($0, try reader.differences(of: $0.id, limit: shown + 1)) },
                    sale: try reader.reading(.sale, flow.name)
                )
            }
        }
        let cards: [HTML] = found.map { flow, values, sale in
            let parts: [HTML] = values.map { one($0, $1, visit, path) }
            let offSale: HTML =
                sale.map { $0.text.isEmpty ? "" : "<p>\(Parts.tag($0.value > 0 ? .red : .amber, "not on sale")) \($0.text)</p>" } ?? ""
            let form: HTML =
                visit.may(.operator)
                ? """
                <form class="block" method="post" action="\(path)/compare">\(visit.formToken)\(Orders.once(visit))<input type="hidden" name="flow" value="\(flow.name)">
                <button class="secondary" type="submit">\(flow.isOutbound ? "Compare yesterday’s orders now" : "Compare 500 of them now")</button></form>
                """ : ""
            return """
                <section class="card"><h2>\(flow.name)</h2>
                \(parts.isEmpty ? "<p>It has not been compared yet.</p>" : .joined(parts))\(offSale)\(form)\(AdoptActions.links(flow, isWrong: values.contains { $0.0.differing + $0.0.missing > 0 }, isOffSale: sale.map { !$0.text.isEmpty } ?? false, visit, path))</section>

                """
        }
        let body: HTML = """
            <h1>Compare</h1>
            <p>A comparison reads what the shop holds and puts it beside the books. It sends nothing.</p>
            \(cards)
            """
        return Frame.response(visit, Page("Compare", section: "compare", body))
    }

    private static func one(_ found: Reconciliation, _ differences: [FoundDifference], _ visit: Visit, _ path: String) -> HTML {
        guard let shop = visit.house else { return "" }
        let isHidden = Masking(visit).hides(found.entity)
        let wrong = found.differing + found.missing
        let drifts: [HTML] = found.drifts.filter { $0.higher + $0.lower > 0 }.map {
            "<li>\($0.place.isEmpty ? "all" : $0.place): \($0.higher) higher, \($0.lower) lower in the shop</li>"
        }
        let rows: [[HTML]] = differences.prefix(shown).map { difference in
            [
                isHidden
                    ? HTML(Masking.hidden)
                    : "<a href=\"\(path)/search?q=\(FormReader.encoded(difference.key.text))\">\(difference.key.description)</a>",
                HTML(isHidden ? Masking.hidden : shop.describe(difference.wanted, entity: found.entity)),
                HTML(isHidden ? Masking.hidden : difference.observed.map { shop.describe($0, entity: found.entity) } ?? "the shop does not have it"),
            ]
        }
        let state = wrong == 0 ? Parts.tag(.green, "agrees") : Parts.tag(.amber, "differs")
        return """
            <h3>\(found.entity) \(state)</h3>
            <p>\(visit.time(found.at)), \(found.scope): \(Parts.number(found.checked)) checked = \(Parts.number(found.matched)) matched + \(Parts.number(found.differing)) differing + \(Parts.number(found.missing)) missing</p>
            \(drifts.isEmpty ? "" : "<ul>\(drifts)</ul>")
            \(rows.isEmpty ? "" : Parts.table(differences.count > shown ? "The first \(shown) that differ" : "What differs", ["Key", "Books", "Shop"], rows))
            """
    }

    static func carryOut(_ visit: Visit) throws -> ConsoleResponse {
        let form = Form(visit.request)
        let path = try visit.path()
        guard let name = form["flow"], try visit.shop.flows(at: visit.now).contains(where: { $0.name == name }) else { throw Orders.incomplete }
        let order = try Orders.instruction(.compare, .flow(despiteMaintenance: false), of: name, seen: "", form, visit)
        return try Orders.enterOrTell(order, visit, about: name, back: "\(path)/compare") { reader in
            if let other = try reader.openInstructions(flow: name).first(where: { $0.action == .compare }) {
                throw Orders.stale("\(other.who) has ordered the same already")
            }
        }
    }
}
