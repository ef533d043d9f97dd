import Domain
import Engine
import StateStore

/// Where a held plan is decided: by an approver who has proven again who they are, and who says why.
enum Decisions {
    static func link(_ run: Run, _ visit: Visit, _ path: String) -> HTML {
        visit.may(.approver)
            ? "<p><a class=\"button\" href=\"\(path)/runs/\(run.id)/decide\">Approve or discard</a></p>"
            : "<p class=\"hint\">An approver decides on it.</p>"
    }

    static func show(_ visit: Visit) throws -> ConsoleResponse { try page(visit, Confirmation(), choice: nil) }

    private static func page(_ visit: Visit, _ confirmation: Confirmation, choice: String?) throws -> ConsoleResponse {
        let id = try visit.number("id")
        let shop = try visit.shop
        let path = try visit.path()
        let (report, mark, changes, objection) = try visit.read { reader in
            (
                try RunReport(id, reader), try reader.decisionMark(run: id), try reader.changes(run: id, limit: RunPage.pageLength + 1),
                try FourEyes.objection(to: id, visit, reader)
            )
        }
        guard report.run.state == .held else {
            return try Orders.staleResponse(
                visit, Orders.stale("run \(id) is not held any more, but \(report.run.state.rawValue)"), subject: "run \(id)",
                back: "\(path)/runs/\(id)")
        }
        let plans: [HTML] = report.plans.map { RunPage.plan($0, shop, visit) }
        let body: HTML = """
            \(Parts.errorSummary(confirmation.problems))<p><a href="\(path)/runs/\(id)">Run \(id)</a></p>
            <h1>Decide on run \(id) · \(report.run.flow)</h1>
            <p>\(report.fileName ?? report.run.cause), held for \(visit.age(report.run.started)). Nothing of it has been sent.</p>
            \(plans)
            \(RunPage.changes(Array(changes.prefix(RunPage.pageLength)), report, visit, path))
            \(form(id, mark, confirmation, choice, objection, visit, path))
            """
        let title = "Decide on run \(id)"
        return Frame.response(
            visit, Page(confirmation.problems.isEmpty ? title : "Error: \(title)", section: "plans", status: confirmation.status, body))
    }

    private static func form(
        _ id: Int64, _ mark: String, _ confirmation: Confirmation, _ choice: String?, _ objection: Diagnostic?, _ visit: Visit, _ path: String
    ) -> HTML {
        func checked(_ value: String) -> HTML { choice == value ? " checked" : "" }
        let problem = confirmation.problem("approve")
        let approve: HTML =
            objection.map { "<p>\(Frame.sentence($0.summary)): \($0.fix). You can discard it.</p>" }
                ?? """
                <div class="choice"><input type="radio" id="approve" name="choice" value="approve"\(checked("approve"))><label for="approve">Approve: everything above is sent to the shop</label></div>
                """
        return """
            <form class="block" method="post" action="\(path)/runs/\(id)/decide">\(visit.formToken)\(Orders.once(visit))
            <input type="hidden" name="seen" value="\(mark)">
            <h2>Your decision</h2>
            <fieldset class="\(problem == nil ? "" : "has-error")"><legend>What is to happen</legend>
            \(problem.map { "<p class=\"field-error\">\($0)</p>" as HTML })
            \(approve)
            <div class="choice"><input type="radio" id="discard" name="choice" value="discard"\(checked("discard"))><label for="discard">Discard: nothing of it is sent; a newer file replaces it</label></div></fieldset>
            \(confirmation.fields(visit))
            <button type="submit">Carry out the decision</button></form>
            """
    }

    static func carryOut(_ visit: Visit) async throws -> ConsoleResponse {
        let id = try visit.number("id")
        let form = Form(visit.request)
        let path = try visit.path()
        let token = try Orders.token(form)
        if let known = try visit.read({ try $0.instruction(token: token) }) { return try Orders.page(of: known.id, visit) }
        let choice = form.text("choice").flatMap { ["approve": Instruction.Action.approve, "discard": .discard][$0] }
        let confirmation = try await Confirmation.check(form, visit, others: choice == nil ? [("approve", "Choose what is to happen.")] : [])
        guard confirmation.problems.isEmpty, let choice else { return try page(visit, confirmation, choice: form["choice"]) }
        guard let run = try visit.read({ try $0.run(id) }) else { throw Visit.notFound }
        let order = try Orders.instruction(choice, .run(id), of: run.flow, seen: form["seen"] ?? "", form, visit)
        return confirmation.answer(
            try Orders.enterOrTell(order, visit, about: "run \(id)", back: "\(path)/runs/\(id)") { reader in
                if choice == .approve, let objection = try FourEyes.objection(to: id, visit, reader) { throw objection }
                guard try reader.decisionMark(run: id) == form["seen"] else {
                    throw Orders.stale("run \(id) is not what was shown: it is \(try reader.run(id)?.state.rawValue ?? "gone")")
                }
                try Orders.proveAlone(on: id, of: run.flow, reader)
            })
    }
}
