import Domain
import Engine
import StateStore

/// What follows from a comparison: the books take over what the shop holds, or the shop sells again what it has. Both are of the whole flow and of the
/// shop as it is when they are carried out.
enum AdoptActions {
    private struct Choice {
        var action: Instruction.Action
        var title: String
        var words: String
        var button: String
    }

    private static func choice(_ what: String?, _ flow: String) -> Choice? {
        switch what {
        case "adopt":
            Choice(
                action: .adopt, title: "Take over what the shop holds of \(flow)",
                words:
                    "Every value of \(flow) is compared. Where the shop holds another one, the books take it over; the next plan then sends what the ERP says. Nothing is sent now.",
                button: "Take it over")
        case "sell":
            Choice(
                action: .sell, title: "Put \(flow) back on sale",
                words: "Every product of \(flow) is looked at. The shop indexes anew what is in stock, held by no order, and cannot be bought.",
                button: "Put it back on sale")
        default: nil
        }
    }

    static func links(_ flow: ShopFlow, isWrong: Bool, isOffSale: Bool, _ visit: Visit, _ path: String) -> HTML {
        guard visit.may(.approver), !flow.isOutbound else { return "" }
        func link(_ what: String, _ caption: String) -> HTML {
            "<p><a class=\"button secondary\" href=\"\(path)/compare/adopt?flow=\(FormReader.encoded(flow.name))&amp;what=\(what)\">\(caption) …</a></p>"
        }
        return .joined([
            isWrong ? link("adopt", "Take over what the shop holds of \(flow.name)") : "",
            isOffSale ? link("sell", "Put \(flow.name) back on sale") : "",
        ])
    }

    static func show(_ visit: Visit) throws -> ConsoleResponse {
        try page(visit, Confirmation(), visit.request.query("flow"), visit.request.query("what"))
    }

    private static func page(_ visit: Visit, _ confirmation: Confirmation, _ flow: String?, _ what: String?) throws -> ConsoleResponse {
        let path = try visit.path()
        let known = try visit.shop.flows(at: visit.now).first { $0.name == flow && !$0.isOutbound }
        guard let known, let choice = choice(what, known.name) else { throw Visit.notFound }
        let body: HTML = """
            \(Parts.errorSummary(confirmation.problems))<p><a href="\(path)/compare">Compare</a></p>
            <h1>\(choice.title)</h1>
            <p>\(choice.words)</p>
            <form class="block" method="post" action="\(path)/compare/adopt">\(visit.formToken)\(Orders.once(visit))
            <input type="hidden" name="flow" value="\(known.name)"><input type="hidden" name="what" value="\(what ?? "")">
            \(confirmation.fields(visit))
            <button class="warning" type="submit">\(choice.button)</button></form>
            """
        return Frame.response(
            visit,
            Page(confirmation.problems.isEmpty ? choice.title : "Error: \(choice.title)", section: "compare", status: confirmation.status, body))
    }

    static func carryOut(_ visit: Visit) async throws -> ConsoleResponse {
        let form = Form(visit.request)
        let token = try Orders.token(form)
        if let known = try visit.read({ try $0.instruction(token: token) }) { return try Orders.page(of: known.id, visit) }
        let known = try visit.shop.flows(at: visit.now).first { $0.name == form["flow"] && !$0.isOutbound }
        guard let flow = known?.name, let choice = choice(form["what"], flow) else { throw Orders.incomplete }
        let confirmation = try await Confirmation.check(form, visit)
        guard confirmation.problems.isEmpty else { return try page(visit, confirmation, flow, form["what"]) }
        let order = try Orders.instruction(choice.action, .flow(despiteMaintenance: false), of: flow, seen: "", form, visit)
        let desk = try visit.shop.desk()
        do {
            let number = try desk.ledger.write(.operators) { writer in
                if let known = try writer.reader.instruction(token: token) { return known.id }
                if let other = try writer.reader.openInstructions(flow: flow).first(where: { $0.action == choice.action }) {
                    throw Orders.stale("\(other.who) has ordered the same already")
                }
                // The entry is of the click: what is taken over is what the shop holds then, and is in the comparison's own record.
                try desk.desk.note(choice.action.rawValue, of: flow, by: visit.actor, because: order.because, in: writer)
                return try writer.order(order)
            }
            desk.announce()
            return confirmation.answer(try Orders.page(of: number, visit))
        } catch let stale as Diagnostic where stale.code == "CONSOLE-STALE" {
            return confirmation.answer(try Orders.staleResponse(visit, stale, subject: flow, back: try visit.path("/compare")))
        }
    }
}
