import Domain
import Engine
import Reports
import StateStore

/// What became of a click: read from the books, never assumed.
enum InstructionPage {
    static func show(_ visit: Visit) throws -> ConsoleResponse {
        let id = try visit.number("id")
        let path = try visit.path()
        let (order, made, beat, open) = try visit.read { reader in
            let order = try reader.instruction(id)
            return (
                order,
                try order?.run.map {
                    (report: try RunReport($0, reader), undone: try reader.run($0)?.undoes == nil ? nil : try reader.undoCount(run: $0))
                }, try reader.reading(.heartbeat, AlarmKey.service),
                try order.map { try reader.openRuns(flow: $0.flow) } ?? []
            )
        }
        guard let order else { throw Visit.notFound }
        let isLive = order.state.isOpen
        let report = made?.report
        let rejected = report?.tallies.reduce(0) { $0 + $1.tally[.rejected] } ?? 0
        let words = order.state == .done && rejected > 0 ? Parts.tag(.amber, "done, \(Parts.number(rejected)) rejected again") : state(order)
        let expectation: HTML = isLive ? expects(order, beat, open, visit) : ""
        let withdraw: HTML =
            order.state == .waiting && visit.may(.operator)
            ? "<form class=\"block\" method=\"post\" action=\"\(path)/do/\(id)/withdraw\">\(visit.formToken)<button class=\"secondary\" type=\"submit\">Withdraw</button></form>"
            : ""
        let text: HTML = order.text.map { "<p>\(Frame.sentence($0))</p>" } ?? ""
        let books: [HTML] = report?.tallies.map { "<p>\($0.entity): \(Parts.books($0.tally))</p>" } ?? []
        let run: HTML = report.map { "<p><a href=\"\(path)/runs/\($0.run.id)\">Run \($0.run.id)</a> \(Parts.tag($0.run.state))</p>" } ?? ""
        let body: HTML = """
            <div id="order"\(isLive ? " data-live=\"1\"" as HTML : "")>
            <h1>\(title(order)) <span data-state="1">\(words)</span></h1>
            <p>Ordered by \(order.who) at \(visit.time(order.at)).\(order.because.isEmpty ? "" : " Because: \(order.because)." as HTML)</p>
            \(expectation)\(text)\(run)\(isLive ? Parts.progress(report?.tallies.map(\.tally) ?? []) : "")\(made?.undone.map { "<p>\(UndoActions.words($0))</p>" as HTML })\(books)\(withdraw)
            </div>
            <p class="hidden" aria-live="polite" data-said="1">\(order.state.rawValue)</p>
            \(Orders.back(visit).map { "<p><a href=\"\(HTML.whole($0))\">Back to the list</a></p>" as HTML })
            <p><a href="\(path)/errors?flow=\(FormReader.encoded(order.flow))">Errors of \(order.flow)</a> · <a href="\(path)/plans">Held plans</a> · <a href="\(path)/schedule">Schedule</a> · <a href="\(HTML.whole(visit.request.target))">Refresh</a></p>
            """
        return Frame.response(visit, Page("\(title(order)): \(order.state.rawValue)", section: section(order.action), body))
    }

    static func withdraw(_ visit: Visit) throws -> ConsoleResponse {
        let id = try visit.number("id")
        let desk = try visit.shop.desk()
        let isDone = try desk.ledger.write(.operators) { writer in
            guard try writer.withdraw(instruction: id, at: visit.now) else { return false }
            try desk.desk.note("withdraw", of: "order \(id)", by: visit.actor, in: writer)
            return true
        }
        guard isDone else {
            return try Orders.staleResponse(
                visit, Orders.stale("the order is being carried out, or has ended"), subject: "order \(id)", back: try visit.path("/do/\(id)"))
        }
        return try Orders.page(of: id, visit)
    }

    private static func title(_ order: Instruction) -> String {
        switch (order.action, order.subject) {
        case (.approve, .run(let run)): "Approval of run \(run)"
        case (.discard, .run(let run)): "Discarding of run \(run)"
        case (_, .errors(let ids)): ids.count == 1 ? "Retry of error \(ids[0])" : "Retry of \(ids.count) records"
        case (_, .cause(let key, _)): "Retry of \(order.seen) records: \(key.code)"
        case (.rollback, .undo(let run, let entities)): "Taking back run \(run): \(entities.joined(separator: ", "))"
        case (.resend, .documents(let numbers)): "Sending \(numbers.map(\.description).joined(separator: ", ")) once more"
        case (.resync, .value(let entity, _)): "Sending a value of \(entity) again"
        case (.run, _): "Run of \(order.flow)"
        case (.upload, _): "File for \(order.flow)"
        case (.compare, _): "Comparison of \(order.flow)"
        case (.adopt, _): "Taking over what the shop holds of \(order.flow)"
        case (.sell, _): "Putting \(order.flow) back on sale"
        case (_, .run(let run)), (_, .undo(let run, _)): "\(Frame.sentence(order.action.rawValue)) of run \(run)"
        case (_, .documents), (_, .value), (_, .flow), (_, .delivery): "\(Frame.sentence(order.action.rawValue)) of \(order.flow)"
        }
    }

    private static func section(_ action: Instruction.Action) -> String {
        switch action {
        case .retry: "errors"
        case .approve, .discard: "plans"
        case .rollback, .run: "runs"
        case .resend, .resync: "search"
        case .upload: "files"
        case .compare, .adopt, .sell: "compare"
        }
    }

    private static func state(_ order: Instruction) -> HTML {
        switch order.state {
        case .waiting: Parts.tag(.blue, "waits")
        case .taken: Parts.tag(.blue, "at work")
        case .decided: Parts.tag(.blue, "decided, at work")
        case .done: Parts.tag(.green, "done")
        case .refused: Parts.tag(.red, "refused")
        case .failed: Parts.tag(.red, "failed")
        case .withdrawn: Parts.tag(.grey, "withdrawn")
        }
    }

    private static func expects(_ order: Instruction, _ beat: Reading?, _ open: [Run], _ visit: Visit) -> HTML {
        if let run = open.first(where: { [.planning, .applying, .approved].contains($0.state) }), order.state == .waiting {
            return "<p>It waits for run \(run.id), which is at work since \(visit.time(run.started)).</p>"
        }
        let isServed = beat.map { $0.value == 1 && visit.now.since($0.at) < .seconds(60) } ?? false
        guard order.state == .waiting else { return "" }
        return isServed
            ? "<p>The service begins with it within a second.</p>"
            : "<p>No service is at work here: the next <code>tallyman run</code> carries it out, or <code>tallyman act</code> at once.</p>"
    }
}
