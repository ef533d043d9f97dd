import Domain
import Reports
import StateStore

/// One box for anything: a product or an order, a run, an error, a file.
enum SearchPage {
    static func show(_ visit: Visit) throws -> ConsoleResponse {
        let path = try visit.path()
        guard let text = visit.request.query("q") else {
            let body: HTML =
                "<h1>Find</h1><p>A product’s code, an order’s number, <code>run 812</code>, <code>error 4711</code>, the name of a file, or an alarm’s code.</p>"
            return Frame.response(visit, Page("Find", section: "search", body))
        }
        if let target = numbered(text, path) { return .seeOther(target) }
        let found = try visit.read { reader in
            let key = RecordKey(text)
            return (
                orders: try visit.shop.journey(of: key, reader),
                values: try visit.shop.explain(key, reader).filter { !$0.steps.isEmpty || $0.current != nil || !$0.openErrors.isEmpty },
                files: try reader.deliveries(named: text, limit: 20)
            )
        }
        let isPersonal = try !found.orders.isEmpty || found.values.contains { try visit.shop.isPersonal($0.entity) }
        if visit.seesPeople, isPersonal { try visit.app.note(visit, "saw a person's record", text) }
        let orders: [HTML] = found.orders.map { order($0, visit, path) }
        let values: [HTML] = found.values.map { value($0, visit, path) }
        let files: [[HTML]] = found.files.map { file in
            [
                HTML(file.delivery.displayName), HTML(file.delivery.flow), visit.time(file.delivery.received),
                file.run.map { "<a href=\"\(path)/runs/\($0)\">run \($0)</a>" } ?? "–",
            ]
        }
        let isNothing = orders.isEmpty && values.isEmpty && files.isEmpty
        let body: HTML = """
            <h1>\(text)</h1>
            \(isNothing ? "<p>The books know no product, order or file of this name. Codes are looked for exactly as the shop or the ERP writes them.</p>" : "")
            \(orders)\(values)
            \(files.isEmpty ? "" : Parts.table("Files", ["Name", "Flow", "Received", "Run"], files))
            """
        return Frame.response(visit, Page("\(text) – Find", section: "search", body))
    }

    /// `run 812`, `error 4711`, `#812`.
    private static func numbered(_ text: String, _ path: String) -> String? {
        let words = text.lowercased().split(separator: " ")
        if words.count == 2, let number = Int64(words[1]) {
            if words[0] == "run" { return "\(path)/runs/\(number)" }
            if words[0] == "error" { return "\(path)/errors/\(number)" }
        }
        return AlarmCode(rawValue: text.uppercased()) == nil ? nil : "\(path)/alarms"
    }

    private static func value(_ view: ExplanationView, _ visit: Visit, _ path: String) -> HTML {
        let isHidden = Masking(visit).hides(view.entity)
        func shown(_ text: String?) -> String { isHidden ? Masking.hidden : text ?? "" }
        let steps: [HTML] = view.steps.map { step in
            let records: [HTML] = step.records.map { record in
                "<p>\(step.file ?? "–"), line \(record.line):</p><pre tabindex=\"0\" aria-label=\"Line \(record.line)\">\(shown(record.text ?? "(no longer kept)"))</pre>"
            }
            return """
                <li><strong>\(shown(step.before ?? "nothing")) → \(shown(step.after))</strong> · \(step.outcome) in <a href="\(path)/runs/\(step.run)">run \(step.run)</a> at \(visit.time(step.at.flatMap(UTCInstant.init(iso:))))
                <p>\(shown(step.formula))</p>\(records)\(step.proof.map { "<p class=\"soft\">\(shown($0))</p>" as HTML })</li>

                """
        }
        let errors: [HTML] = view.openErrors.map { error in
            "<li><a href=\"\(path)/errors/\(error.error)\">Error \(error.error)</a>: \(isHidden ? error.code ?? "" : error.reason ?? "")</li>"
        }
        return """
            <section class="card \(errors.isEmpty ? "green" : "amber")"><h2>\(view.entity): \(shown(view.current ?? "nothing known"))</h2>
            \(view.adopted.map { "<p>\(Frame.sentence($0)).</p>" as HTML })\(errors.isEmpty ? "" : "<p>Waits in the error queue:</p><ul>\(errors)</ul>")
            \(steps.isEmpty ? "<p>No file has changed it yet.</p>" : "<h3>Why</h3><ol class=\"steps\">\(steps)</ol>")
            \(view.current == nil ? "" : ResendActions.link(key: view.key, entity: view.entity, visit, path))</section>

            """
    }

    private static func order(_ view: OrderView, _ visit: Visit, _ path: String) -> HTML {
        let left: [HTML] = view.left.map { leaving in
            let answer: HTML =
                if let at = leaving.acknowledged {
                    leaving.refusal.map { "the ERP refused it: \($0)" }
                        ?? "the ERP took it\(leaving.erpNumber.map { " as \($0)" as HTML }), \(visit.time(UTCInstant(iso: at)))"
                } else if let due = leaving.consignment.due {
                    "no answer of the ERP yet, due \(visit.time(UTCInstant(iso: due)))"
                } else {
                    "no answer is agreed"
                }
            let bytes: HTML =
                visit.seesPeople
                ? leaving.bytes.map { "<pre tabindex=\"0\" aria-label=\"Its lines in the file\">\($0)</pre>" } ?? ""
                : "<p class=\"soft\">Its lines tell of a person; the right <em>people</em> shows them.</p>"
            return """
                <li><strong>\(leaving.consignment.file)</strong> \(leaving.again ? "(sent again) " : "")· \(leaving.consignment.state)\(leaving.consignment.placed.map { ", left \(visit.time(UTCInstant(iso: $0)))" as HTML }), <a href="\(path)/runs/\(leaving.consignment.run)">run \(leaving.consignment.run)</a>
                <p>\(answer)</p>\(bytes)</li>

                """
        }
        let errors: [HTML] = view.openErrors.map {
            "<li><a href=\"\(path)/errors/\($0.error)\">Error \($0.error)</a>: \($0.code ?? ""). Fix: \($0.fix ?? "")</li>"
        }
        return """
            <section class="card \(errors.isEmpty ? "green" : "amber")"><h2>Order \(view.order) · \(view.flow) · \(view.standing)</h2>
            \(view.reason.map { "<p>\(Frame.sentence($0))</p>" as HTML })\(errors.isEmpty ? "" : "<ul>\(errors)</ul>")
            \(left.isEmpty ? "<p>It has left in no file yet.</p>" : "<ol class=\"steps\">\(left)</ol>")
            \(view.standing == OutboxDocument.Standing.sent.rawValue ? ResendActions.link(order: view.order, flow: view.flow, visit, path) : "")</section>

            """
    }
}
