import Domain
import Engine
import StateStore

/// Sending once more what has left or was taken already: an order to the ERP, a value to the shop. Nothing else ever does either.
enum ResendActions {
    /// What a page is about, as its address says it.
    private enum Thing {
        case order(flow: String, RecordKey)
        case value(entity: String, RecordKey)

        init?(_ field: (String) -> String?) {
            if let flow = field("flow"), let order = field("order") {
                self = .order(flow: flow, RecordKey(order))
            } else if let entity = field("entity"), let key = field("key") {
                self = .value(entity: entity, RecordKey(key))
            } else {
                return nil
            }
        }
    }

    static func link(order: String, flow: String, _ visit: Visit, _ path: String) -> HTML {
        guard visit.may(.approver) else { return "" }
        let query = "flow=\(FormReader.encoded(flow))&order=\(FormReader.encoded(order))"
        return "<p><a class=\"button secondary\" href=\"\(path)/resend?\(query)\">Send once more …</a></p>"
    }

    static func link(key: String, entity: String, _ visit: Visit, _ path: String) -> HTML {
        guard visit.may(.approver) else { return "" }
        let query = "entity=\(FormReader.encoded(entity))&key=\(FormReader.encoded(key))"
        return "<p><a class=\"button secondary\" href=\"\(path)/resend?\(query)\">Send the value again …</a></p>"
    }

    static func show(_ visit: Visit) throws -> ConsoleResponse {
        guard let thing = Thing({ visit.request.query($0) }) else { throw Visit.notFound }
        return try page(visit, thing, Confirmation())
    }

    private static func page(_ visit: Visit, _ thing: Thing, _ confirmation: Confirmation) throws -> ConsoleResponse {
        let path = try visit.path()
        let title: String
        let fields: HTML
        let told: HTML
        switch thing {
        case .order(let flow, let order):
            let document = try visit.read { try sent(order, flow, $0) }
            title = "Send order \(document.identity) once more"
            fields = "<input type=\"hidden\" name=\"flow\" value=\"\(flow)\"><input type=\"hidden\" name=\"order\" value=\"\(order.text)\">"
            told = """
                <p>The order has left already. It leaves again in a file of its own turn, marked as sent again. <strong>Look in the ERP first: if it has the order,
                it may book it twice.</strong></p>
                """
        case .value(let entity, let key):
            let entry = try visit.read { try held(key, entity, $0) }
            let isHidden = Masking(visit).hides(entity)
            title = "Send \(entity) of \(isHidden ? "this key" : key.description) again"
            fields = """
                <input type="hidden" name="entity" value="\(entity)"><input type="hidden" name="key" value="\(key.text)">
                <input type="hidden" name="seen" value="\(mark(entry))">
                """
            told = """
                <p>The books say that the shop holds: <strong>\(isHidden ? Masking.hidden : try visit.shop.describe(entry.value, entity: entity))</strong>.
                The same value is sent once more, over whatever the shop holds now. No file is read.</p>
                """
        }
        let body: HTML = """
            \(Parts.errorSummary(confirmation.problems))<h1>\(title)</h1>
            \(told)
            <form class="block" method="post" action="\(path)/resend">\(visit.formToken)\(Orders.once(visit))\(fields)
            \(confirmation.fields(visit))
            <button type="submit">Send it again</button></form>
            """
        return Frame.response(
            visit, Page(confirmation.problems.isEmpty ? title : "Error: \(title)", section: "search", status: confirmation.status, body))
    }

    static func carryOut(_ visit: Visit) async throws -> ConsoleResponse {
        let form = Form(visit.request)
        let path = try visit.path()
        guard let thing = Thing({ form.text($0) }) else { throw Orders.incomplete }
        let token = try Orders.token(form)
        if let known = try visit.read({ try $0.instruction(token: token) }) { return try Orders.page(of: known.id, visit) }
        let confirmation = try await Confirmation.check(form, visit)
        guard confirmation.problems.isEmpty else { return try page(visit, thing, confirmation) }
        switch thing {
        case .order(let flow, let order):
            let instruction = try Orders.instruction(.resend, .documents([order]), of: flow, seen: "", form, visit)
            return confirmation.answer(
                try Orders.enterOrTell(instruction, visit, about: "\(order)", back: "\(path)/search?q=\(FormReader.encoded(order.text))") { reader in
                    guard try sent(order, flow, reader).resend == nil else { throw Orders.stale("order \(order) is sent again already") }
                    try proveAlone(instruction, reader)
                })
        case .value(let entity, let key):
            let flow = try visit.read { reader in
                let entry = try held(key, entity, reader)
                let run = try entry.change.flatMap { try reader.change($0)?.run }.flatMap { try reader.run($0)?.flow }
                return try run ?? visit.shop.flow(carrying: entity)
            }
            guard let flow else { throw Visit.notFound }
            let instruction = try Orders.instruction(.resync, .value(entity: entity, key), of: flow, seen: form["seen"] ?? "", form, visit)
            return confirmation.answer(
                try Orders.enterOrTell(
                    instruction, visit, about: "\(entity) \(key)", back: "\(path)/search?q=\(FormReader.encoded(key.text))"
                ) { reader in
                    guard mark(try held(key, entity, reader)) == form["seen"] else { throw Orders.stale("the value of \(key) is another one now") }
                    try proveAlone(instruction, reader)
                })
        }
    }

    private static func proveAlone(_ order: Instruction, _ reader: LedgerReader) throws {
        guard let other = try reader.openInstructions(flow: order.flow).first(where: { $0.subject == order.subject }) else { return }
        throw Orders.stale("\(other.who) has ordered the same already")
    }

    private static func sent(_ order: RecordKey, _ flow: String, _ reader: LedgerReader) throws -> OutboxDocument {
        guard let document = try reader.outboxDocument(flow: flow, identity: order), document.standing == .sent else {
            throw Diagnostic(
                "ORDER-NOT-SENT", "order \(order) has not left by the flow \(flow)", fix: "look at where it is: only what has left is sent again")
        }
        return document
    }

    private static func held(_ key: RecordKey, _ entity: String, _ reader: LedgerReader) throws -> MirrorEntry {
        guard let entry = try reader.mirror(entity: entity, key: key) else {
            throw Diagnostic("VALUE-UNKNOWN", "the books hold no \(entity) of \(key)", fix: "the next file that names it sends it")
        }
        return entry
    }

    private static func mark(_ entry: MirrorEntry) -> String {
        String(StableHash.of("\(entry.version.milliseconds) \(entry.change ?? 0) ".utf8 + entry.value), radix: 16)
    }
}
