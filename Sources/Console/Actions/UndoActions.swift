import Domain
import Engine
import StateStore

/// Taking back what a run did: first the numbers, counted by the same code that would do it, then the order.
enum UndoActions {
    /// So many of the values are shown.
    private static let shown = 20

    static func link(_ run: Run, _ visit: Visit, _ reader: LedgerReader, _ path: String) -> HTML {
        guard visit.may(.approver), run.undoes == nil, let entities = try? OperatorDesk.undoableEntities(of: run.id, reader), !entities.isEmpty,
            (try? visit.shop.isOutbound(run.flow)) == false
        else { return "" }
        return "<p><a class=\"button secondary\" href=\"\(path)/runs/\(run.id)/undo\">Take this run back …</a></p>"
    }

    /// What would happen to one entity's records.
    struct Share {
        var entity: String
        var count = UndoCount()
        var examples: [UndoStep] = []
    }

    /// Counted with nothing written. Throws where nothing of the run can be taken back, with the reason.
    static func shares(_ id: Int64, _ visit: Visit) throws -> [Share] {
        let house = try visit.shop
        return try visit.read { reader in
            var shares: [Share] = try OperatorDesk.undoableEntities(of: id, reader).sorted().map { Share(entity: $0) }
            try house.previewUndo(of: id, reader) { step in
                guard let index = shares.firstIndex(where: { $0.entity == step.entity }) else { return }
                shares[index].count.add(step)
                if shares[index].examples.count < shown { shares[index].examples.append(step) }
            }
            return shares
        }
    }

    static func show(_ visit: Visit) throws -> ConsoleResponse { try page(visit, Confirmation(), chosen: nil, typed: "") }

    private static func page(_ visit: Visit, _ confirmation: Confirmation, chosen: Set<String>?, typed: String) throws -> ConsoleResponse {
        let id = try visit.number("id")
        let path = try visit.path()
        guard let run = try visit.read({ try $0.run(id) }) else { throw Visit.notFound }
        let shares = try shares(id, visit)
        let problem = confirmation.problem("entities")
        let choices: [HTML] = shares.map { share in
            """
            <div class="choice"><input type="checkbox" id="entity-\(share.entity)" name="entity" value="\(share.entity)"\(chosen?.contains(share.entity) ?? true ? " checked" as HTML : "")>
            <label for="entity-\(share.entity)">\(share.entity): \(words(share.count))</label></div>
            <input type="hidden" name="seen-\(share.entity)" value="\(share.count.text)">
            """
        }
        let examples: [HTML] = shares.map { self.examples($0, visit) }
        let body: HTML = """
            \(Parts.errorSummary(confirmation.problems))<p><a href="\(path)/runs/\(id)">Run \(id)</a></p>
            <h1>Take back run \(id) · \(run.flow)</h1>
            <p>Nothing has been sent by looking at this. Each value that this run put into the shop, and that is still live, goes back to what it was.</p>
            \(examples)
            <form class="block" method="post" action="\(path)/runs/\(id)/undo">\(visit.formToken)\(Orders.once(visit))
            <fieldset class="\(problem == nil ? "" : "has-error")"><legend id="entities">What is to be taken back</legend>
            \(problem.map { "<p class=\"field-error\">\($0)</p>" as HTML })
            \(choices)</fieldset>
            <p>Afterwards the next plan of \(run.flow) waits for somebody, whatever its limits say: the file that did the harm may come again.</p>
            \(Parts.field("typed", "Type the run’s number", hint: "It is \(id). This is so that the right run is taken back.", problem: confirmation.problem("typed"), value: typed))
            \(confirmation.fields(visit))
            <button class="warning" type="submit">Take it back</button></form>
            """
        let title = "Take back run \(id)"
        return Frame.response(
            visit, Page(confirmation.problems.isEmpty ? title : "Error: \(title)", section: "runs", status: confirmation.status, body))
    }

    /// The three numbers, as the outcome tells them too.
    static func words(_ count: UndoCount) -> HTML {
        "\(Parts.number(count.returned)) return to what they were · \(Parts.number(count.newer)) keep a newer value · \(Parts.number(count.unknown)) have no value before and stay"
    }

    private static func examples(_ share: Share, _ visit: Visit) -> HTML {
        guard !share.examples.isEmpty, let shop = visit.house else { return "" }
        let isHidden = Masking(visit).hides(share.entity)
        let rows: [[HTML]] = share.examples.map { step in
            [
                HTML(isHidden ? Masking.hidden : step.planned.change.key.description),
                HTML(isHidden ? Masking.hidden : shop.describe(step.planned.change.after, entity: share.entity)),
                HTML(isHidden ? Masking.hidden : step.restored.map { shop.describe($0, entity: share.entity) } ?? "stays: \(step.reason)"),
            ]
        }
        let all = share.count.returned + share.count.newer + share.count.unknown
        let caption =
            "\(Frame.sentence(share.entity)): \(rows.count < all ? "the first \(rows.count) of \(Parts.number(all))" : "all \(Parts.number(all))")"
        return Parts.table(caption, [Frame.sentence(shop.noun(share.entity)), "The run put there", "Goes back to"], rows)
    }

    static func carryOut(_ visit: Visit) async throws -> ConsoleResponse {
        let id = try visit.number("id")
        let form = Form(visit.request)
        let path = try visit.path()
        let token = try Orders.token(form)
        if let known = try visit.read({ try $0.instruction(token: token) }) { return try Orders.page(of: known.id, visit) }
        let chosen = Set(form.fields.filter { $0.name == "entity" }.map(\.value))
        var problems: [Confirmation.Problem] = []
        if chosen.isEmpty { problems.append(("entities", "Choose what is to be taken back.")) }
        if form.text("typed") != "\(id)" { problems.append(("typed", "Type \(id), the number of the run that is taken back.")) }
        let confirmation = try await Confirmation.check(form, visit, others: problems)
        guard confirmation.problems.isEmpty else { return try page(visit, confirmation, chosen: chosen, typed: form["typed"] ?? "") }
        guard let run = try visit.read({ try $0.run(id) }) else { throw Visit.notFound }
        let back = "\(path)/runs/\(id)"
        do {
            let shares = try shares(id, visit).filter { chosen.contains($0.entity) }
            guard Set(shares.map(\.entity)) == chosen, shares.allSatisfy({ form["seen-\($0.entity)"] == $0.count.text }) else {
                throw Orders.stale("taking run \(id) back is not what was shown any more")
            }
            var count = UndoCount()
            for share in shares { count.add(share.count) }
            let order = try Orders.instruction(
                .rollback, .undo(id, entities: chosen.sorted()), of: run.flow, seen: count.text, form, visit)
            return confirmation.answer(
                try Orders.enter(order, visit) { reader in
                    guard try OperatorDesk.undoableEntities(of: id, reader).isSuperset(of: chosen) else {
                        throw Orders.stale("run \(id) has been taken back already")
                    }
                    try Orders.proveAlone(on: id, of: run.flow, reader)
                })
        } catch let stale as Diagnostic where ["CONSOLE-STALE", "RUN-UNDONE", "RUN-NOT-APPLIED"].contains(stale.code) {
            return confirmation.answer(try Orders.staleResponse(visit, stale, subject: "run \(id)", back: back))
        }
    }
}
