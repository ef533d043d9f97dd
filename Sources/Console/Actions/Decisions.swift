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

    static func show(_ visit: Visit) throws -> ConsoleResponse { try page(visit, problems: [], choice: nil, because: "", status: 200) }

    private static func page(_ visit: Visit, problems: [(field: String, text: String)], choice: String?, because: String, status: Int) throws
        -> ConsoleResponse
    {
        let id = try visit.number("id")
        let shop = try visit.shop
        let path = try visit.path()
        let (report, mark, changes) = try visit.read { reader in
            (try RunReport(id, reader), try reader.decisionMark(run: id), try reader.changes(run: id, limit: RunPage.pageLength + 1))
        }
        guard report.run.state == .held else {
            return try Orders.staleResponse(
                visit, Orders.stale("run \(id) is not held any more, but \(report.run.state.rawValue)"), subject: "run \(id)",
                back: "\(path)/runs/\(id)")
        }
        let plans: [HTML] = report.plans.map { RunPage.plan($0, shop, visit) }
        func checked(_ value: String) -> HTML { choice == value ? " checked" : "" }
        func problem(_ field: String) -> String? { problems.first { $0.field == field }?.text }
        let body: HTML = """
            \(Parts.errorSummary(problems))<p><a href="\(path)/runs/\(id)">Run \(id)</a></p>
            <h1>Decide on run \(id) · \(report.run.flow)</h1>
            <p>\(report.fileName ?? report.run.cause), held for \(visit.age(report.run.started)). Nothing of it has been sent.</p>
            \(plans)
            \(RunPage.changes(Array(changes.prefix(RunPage.pageLength)), report, visit, path))
            <form class="block" method="post" action="\(path)/runs/\(id)/decide">\(visit.formToken)\(Orders.once(visit))
            <input type="hidden" name="seen" value="\(mark)">
            <h2>Your decision</h2>
            <fieldset class="\(problem("approve") == nil ? "" : "has-error")"><legend>What is to happen</legend>
            \(problem("approve").map { "<p class=\"field-error\">\($0)</p>" as HTML })
            <div class="choice"><input type="radio" id="approve" name="choice" value="approve"\(checked("approve"))><label for="approve">Approve: everything above is sent to the shop</label></div>
            <div class="choice"><input type="radio" id="discard" name="choice" value="discard"\(checked("discard"))><label for="discard">Discard: nothing of it is sent; a newer file replaces it</label></div></fieldset>
            \(Parts.field("because", "Because", hint: "One sentence for the audit.", problem: problem("because"), value: because))
            \(Proof.fields(visit, problem: problem("password")))
            <button type="submit">Carry out the decision</button></form>
            """
        let title = "Decide on run \(id)"
        return Frame.response(visit, Page(problems.isEmpty ? title : "Error: \(title)", section: "plans", status: status, body))
    }

    static func carryOut(_ visit: Visit) async throws -> ConsoleResponse {
        let id = try visit.number("id")
        let form = Form(visit.request)
        let path = try visit.path()
        let token = try Orders.token(form)
        if let known = try visit.read({ try $0.instruction(token: token) }) { return .seeOther("\(path)/do/\(known.id)") }
        let choice = form.text("choice").flatMap { ["approve": Instruction.Action.approve, "discard": .discard][$0] }
        var problems: [(field: String, text: String)] = []
        if choice == nil { problems.append(("approve", "Choose what is to happen.")) }
        if form.text("because") == nil { problems.append(("because", "Say why, for those who look for it later.")) }
        func again() throws -> ConsoleResponse {
            try page(visit, problems: problems, choice: form["choice"], because: form["because"] ?? "", status: 422)
        }
        guard problems.isEmpty, let choice else { return try again() }
        let proof = try await Proof.check(form, visit)
        if let problem = proof.problem {
            problems.append(("password", problem))
            return try again()
        }
        let (run, orders) = try visit.read { (try $0.run(id), try $0.instructions(run: id)) }
        guard let run else { throw Visit.notFound }
        if choice == .approve, visit.app.settings.needsFourEyes, orders.contains(where: { isSame($0.who, visit) }) {
            throw Diagnostic("CONSOLE-RIGHT", "you ordered this run yourself", fix: "ask another approver: this console is set to four eyes")
        }
        var answer: ConsoleResponse
        do {
            let order = try Orders.instruction(choice, .run(id), of: run.flow, seen: form["seen"] ?? "", form, visit)
            answer = try Orders.enter(order, visit) { reader in
                guard try reader.decisionMark(run: id) == form["seen"] else {
                    throw Orders.stale("run \(id) is not what was shown: it is \(try reader.run(id)?.state.rawValue ?? "gone")")
                }
                if let other = try reader.openInstructions(flow: run.flow).first(where: { $0.subject == .run(id) }) {
                    throw Orders.stale("\(other.who) has decided already: \(other.action.rawValue)")
                }
            }
        } catch let stale as Diagnostic where stale.code == "CONSOLE-STALE" {
            answer = try Orders.staleResponse(visit, stale, subject: "run \(id)", back: "\(path)/runs/\(id)")
        }
        if let cookie = proof.cookie { answer.headers.append(cookie) }
        return answer
    }

    private static func isSame(_ who: String, _ visit: Visit) -> Bool { who.hasPrefix("\(visit.guest?.user.name ?? "") (console") }
}
