import Domain
import Engine
import StateStore

/// Running a flow now, holding it back for a while, and letting it go again.
enum FlowActions {
    static func forms(_ flow: ShopFlow, _ pause: FlowPause?, _ visit: Visit, _ path: String) -> HTML {
        guard visit.may(.operator) else { return "" }
        let base = "\(path)/flows/\(FormReader.encoded(flow.name))"
        if let pause {
            return """
                <p>\(Parts.tag(.amber, "paused")) until \(visit.time(pause.until)) by \(pause.who): \(pause.because)</p>
                <form class="block" method="post" action="\(base)/resume">\(visit.formToken)<button type="submit">Resume</button></form>

                """
        }
        let tick: HTML =
            flow.closedUntil.map {
                """
                <p>\(Parts.tag(.grey, "maintenance")) until \(visit.time($0))</p>
                <div class="choice"><input type="checkbox" id="despite-\(flow.name)" name="despite" value="yes"><label for="despite-\(flow.name)">Run it despite the maintenance window</label></div>
                """
            } ?? ""
        return """
            <form class="block" method="post" action="\(base)/run">\(visit.formToken)\(Orders.once(visit))\(tick)<button class="secondary" type="submit">Run now</button></form>
            <details><summary>Pause</summary><form class="block" method="post" action="\(base)/pause">\(visit.formToken)
            <p>Neither the service nor cron starts it. Nothing is missed meanwhile, and no alarm says so. What people order is carried out.</p>
            <div class="field"><label for="hours-\(flow.name)">For</label><select id="hours-\(flow.name)" name="hours">\(QuietTime.options(visit))</select></div>
            \(Parts.field("because-\(flow.name)", "Because"))<button type="submit">Pause</button></form></details>

            """
    }

    private static func flow(_ visit: Visit) throws -> ShopFlow {
        guard let name = visit.values["flow"], let flow = try visit.shop.flows(at: visit.now).first(where: { $0.name == name }) else {
            throw Visit.notFound
        }
        return flow
    }

    static func run(_ visit: Visit) throws -> ConsoleResponse {
        let flow = try flow(visit)
        let form = Form(visit.request)
        let path = try visit.path()
        let order = try Orders.instruction(.run, .flow(despiteMaintenance: form["despite"] == "yes"), of: flow.name, seen: "", form, visit)
        return try Orders.enterOrTell(order, visit, about: flow.name, back: "\(path)/schedule") { reader in
            if let pause = try reader.pause(of: flow.name, at: visit.now) {
                throw Diagnostic("FLOW-PAUSED", pause.text, fix: "resume it first, or wait for the end of the pause")
            }
            if form["despite"] != "yes", let end = flow.closedUntil {
                throw Diagnostic(
                    "FLOW-CLOSED", "\(flow.name) is in maintenance until \(end)", fix: "tick the box to run it all the same, or wait for the end")
            }
            if let other = try reader.openInstructions(flow: flow.name).first(where: { $0.action == .run }) {
                throw Orders.stale("\(other.who) has ordered the same already")
            }
        }
    }

    static func pause(_ visit: Visit) throws -> ConsoleResponse {
        let flow = try flow(visit)
        let form = Form(visit.request)
        let until = try QuietTime.end(form, visit)
        guard let because = form.text("because-\(flow.name)") else {
            throw Diagnostic("CONSOLE-FORM", "a pause needs a reason", fix: "say why, for those who wonder: go back, and send it again")
        }
        let desk = try visit.shop.desk()
        try desk.ledger.write(.operators) { writer in
            if let known = try writer.reader.pause(of: flow.name, at: visit.now) {
                throw Orders.stale("\(known.who) has paused \(flow.name) already")
            }
            try desk.desk.pause(flow.name, until: until, by: visit.actor, because: because, writer)
        }
        return .seeOther(try visit.path("/schedule"))
    }

    static func resume(_ visit: Visit) throws -> ConsoleResponse {
        let flow = try flow(visit)
        let desk = try visit.shop.desk()
        _ = try desk.ledger.write(.operators) { try desk.desk.resume(flow.name, by: visit.actor, $0) }
        return .seeOther(try visit.path("/schedule"))
    }
}
