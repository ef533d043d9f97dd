import Domain
import Engine
import Foundation
import Reports
import StateStore

/// What pages show, for programs: the views that the commands' `--json` has. Nothing is in them that the person, or the token, may not see on the page.
enum PageJSON {
    static func answer(_ value: some Encodable, status: Int = 200) throws -> ConsoleResponse {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return ConsoleResponse(
            status: status, headers: [("Content-Type", "application/json; charset=utf-8")],
            body: Array(try encoder.encode(value)) + [UInt8(ascii: "\n")])
    }

    static func problem(_ diagnostic: Diagnostic, status: Int) -> ConsoleResponse {
        let told = ["code": diagnostic.code, "problem": diagnostic.summary, "fix": diagnostic.fix]
        return (try? answer(told, status: status)) ?? .text("\(diagnostic.code)\n", status: status)
    }

    // MARK: Pages of a shop

    static func home(_ visit: Visit) throws -> any Encodable {
        let shop = try visit.shop
        let flows = try shop.flows(at: visit.now)
        return try visit.read { reader in
            try ServiceStatus(
                reader, alarms: try shop.alarms(reader, at: visit.now).map { AlarmView($0) }, flows: flows.map { (name: $0.name, next: $0.next) },
                at: visit.now)
        }
    }

    private struct CauseView: Encodable {
        var flow: String
        var entity: String
        var code: String
        var column: String?
        var count: Int
        var value: String?
        var reason: String?
        var fix: String?
        var firstRun: Int64
        var lastRun: Int64
        var since: String
        var newest: Int64
    }

    static func errors(_ visit: Visit) throws -> any Encodable {
        let masking = Masking(visit)
        if let cause = Cause.chosen(visit.request) {
            let after = visit.request.query("after").flatMap { Int64($0) } ?? 0
            return try visit.read { try $0.openErrors(of: cause, after: after, limit: ErrorsPage.pageLength) }.map { view(of: $0, masking) }
        }
        return try visit.read { reader in
            try reader.causes(flow: visit.request.query("flow"), code: visit.request.query("code"), limit: 100).map { cause in
                let isHidden = masking.hides(cause.key.entity)
                let reason = cause.example.verdict.reason
                return CauseView(
                    flow: cause.key.flow, entity: cause.key.entity, code: cause.key.code, column: cause.key.field, count: cause.count,
                    value: isHidden ? nil : cause.value, reason: isHidden ? nil : reason?.text, fix: reason?.fix, firstRun: cause.firstRun,
                    lastRun: cause.lastRun, since: "\(cause.since)", newest: cause.example.id)
            }
        }
    }

    static func error(_ visit: Visit) throws -> any Encodable {
        let id = try visit.number("id")
        guard let error = try visit.read({ try $0.error(id) }) else {
            throw Diagnostic("ERROR-UNKNOWN", "there is no error \(id)", fix: "look at the list of errors")
        }
        if try visit.seesPeople && visit.shop.isPersonal(error.entity) { try visit.app.note(visit, "saw a person's record", "error \(id)") }
        return view(of: error, Masking(visit))
    }

    private static func view(of error: QueuedError, _ masking: Masking) -> ErrorView { masked(ErrorView(error), masking) }

    private static func masked(_ view: ErrorView, _ masking: Masking) -> ErrorView {
        guard masking.hides(view.entity) else { return view }
        var view = view
        (view.key, view.value, view.reason, view.original, view.edited) = (nil, nil, nil, nil, nil)
        return view
    }

    static func runs(_ visit: Visit) throws -> any Encodable {
        let before = visit.request.query("before").flatMap { Int64($0) } ?? .max
        return try visit.read { reader in
            try reader.runs(
                flow: visit.request.query("flow"), state: visit.request.query("state").flatMap { Run.State(rawValue: $0) }, before: before,
                limit: RunsPage.pageLength
            ).map { view(of: try RunReport($0.id, reader)) }
        }
    }

    private static func view(of report: RunReport, errors: [Int64] = []) -> RunView {
        RunView(
            report.run, fileName: report.fileName, tallies: report.tallies, plans: report.plans, times: report.times, consignment: report.consignment,
            errors: errors)
    }

    static func run(_ visit: Visit) throws -> any Encodable {
        let id = try visit.number("id")
        return try visit.read { reader in
            guard try reader.run(id) != nil else { throw Visit.notFound }
            return view(of: try RunReport(id, reader), errors: try reader.openErrorNumbers(run: id))
        }
    }

    static func plans(_ visit: Visit) throws -> any Encodable {
        try visit.read { reader in try reader.openRuns().filter { $0.state == .held }.map { view(of: try RunReport($0.id, reader)) } }
    }

    private struct Found: Encodable {
        var values: [ExplanationView]
        var orders: [OrderView]
    }

    static func search(_ visit: Visit) throws -> any Encodable {
        guard let text = visit.request.query("q") else {
            throw Diagnostic("CONSOLE-FORM", "nothing is asked for", fix: "add ?q= with a product's code or an order's number")
        }
        let masking = Masking(visit)
        var found = try visit.read { reader in
            Found(
                values: try visit.shop.explain(RecordKey(text), reader).filter { !$0.steps.isEmpty || $0.current != nil || !$0.openErrors.isEmpty },
                orders: try visit.shop.journey(of: RecordKey(text), reader))
        }
        let isPersonal = try !found.orders.isEmpty || found.values.contains { try visit.shop.isPersonal($0.entity) }
        if visit.seesPeople, isPersonal { try visit.app.note(visit, "saw a person's record", text) }
        found.values = found.values.filter { !masking.hides($0.entity) }
        if !visit.seesPeople {
            for index in found.orders.indices {
                found.orders[index].openErrors = found.orders[index].openErrors.map { masked($0, masking) }
                for place in found.orders[index].left.indices { found.orders[index].left[place].bytes = nil }
            }
        }
        return found
    }

    static func alarms(_ visit: Visit) throws -> any Encodable {
        try visit.read { try visit.shop.alarms($0, at: visit.now) }.map { AlarmView($0) }
    }

    private struct FileView: Encodable {
        var file: Int64
        var name: String
        var flow: String
        var received: String
        var size: Int64
        var run: Int64?
    }

    static func files(_ visit: Visit) throws -> any Encodable {
        let before = visit.request.query("before").flatMap { Int64($0) } ?? .max
        return try visit.read { try $0.deliveries(flow: visit.request.query("flow"), before: before, limit: FilesPage.pageLength) }.map { file, run in
            FileView(file: file.id, name: file.displayName, flow: file.flow, received: "\(file.received)", size: file.size, run: run?.id)
        }
    }

    static func orders(_ visit: Visit) throws -> any Encodable {
        try visit.read { reader in
            try visit.shop.flows(at: visit.now).filter(\.isOutbound).flatMap { flow in
                try reader.recentConsignments(flow: flow.name, limit: 50).map { ConsignmentView($0) }
            }
        }
    }

    private struct FlowView: Encodable {
        var flow: String
        var schedule: String?
        var next: String?
        var pausedUntil: String?
        var pausedBy: String?
        var maintenanceUntil: String?
    }

    static func schedule(_ visit: Visit) throws -> any Encodable {
        try visit.read { reader in
            try visit.shop.flows(at: visit.now).map { flow in
                let pause = try reader.pause(of: flow.name, at: visit.now)
                return FlowView(
                    flow: flow.name, schedule: flow.schedule, next: flow.next.map { "\($0)" }, pausedUntil: pause.map { "\($0.until)" },
                    pausedBy: pause?.who, maintenanceUntil: flow.closedUntil.map { "\($0)" })
            }
        }
    }

    private struct ComparisonView: Encodable {
        var flow: String
        var entity: String
        var at: String
        var scope: String
        var checked: Int
        var matched: Int
        var differing: Int
        var missing: Int
    }

    static func compare(_ visit: Visit) throws -> any Encodable {
        try visit.read { reader in
            try visit.shop.flows(at: visit.now).flatMap { try reader.reconciliations(flow: $0.name, limit: 20) }.map { found in
                ComparisonView(
                    flow: found.flow, entity: found.entity, at: "\(found.at)", scope: "\(found.scope)", checked: found.checked,
                    matched: found.matched,
                    differing: found.differing, missing: found.missing)
            }
        }
    }

    private struct FigureView: Encodable {
        var code: String
        var name: String
        var value: String
        var figure: Int64?
        var target: String
        var verdict: String
    }

    private struct ReportView: Encodable {
        var title: String
        var through: String
        var sentences: [String]
        var figures: [FigureView]
    }

    static func report(_ visit: Visit) throws -> any Encodable {
        let day = visit.request.query("day").flatMap { CivilDate(iso: $0) }
        let report = try visit.read { try visit.shop.report(weekly: visit.request.query("kind") == "weekly", through: day, at: visit.now, $0) }
        return ReportView(
            title: report.sheet.title, through: "\(report.last)", sentences: report.sheet.sentences,
            figures: report.indicators.map {
                FigureView(code: $0.code, name: $0.name, value: $0.value, figure: $0.figure, target: $0.target, verdict: $0.verdict.rawValue)
            })
    }

    private struct InstructionView: Encodable {
        var order: Int64
        var action: String
        var flow: String
        var who: String
        var at: String
        var because: String
        var state: String
        var ended: String?
        var text: String?
        var run: Int64?
    }

    static func instruction(_ visit: Visit) throws -> any Encodable {
        let id = try visit.number("id")
        guard let order = try visit.read({ try $0.instruction(id) }) else { throw Visit.notFound }
        return InstructionView(
            order: order.id, action: order.action.rawValue, flow: order.flow, who: order.who, at: "\(order.at)", because: order.because,
            state: order.state.rawValue, ended: order.ended.map { "\($0)" }, text: order.text, run: order.run)
    }

    private struct EntryView: Encodable {
        var entry: Int64
        var at: String
        var who: String
        var action: String
        var subject: String
        var detail: String
        var hash: String
    }

    static func audit(_ visit: Visit) throws -> any Encodable {
        let before = visit.request.query("before").flatMap { Int64($0) } ?? .max
        return try visit.read {
            try $0.audit(before: before, who: visit.request.query("who"), action: visit.request.query("action"), limit: 100)
        }.map { entry in
            EntryView(
                entry: entry.number, at: "\(entry.at)", who: entry.who, action: entry.action, subject: entry.subject, detail: entry.detail,
                hash: entry.hash)
        }
    }

    private struct LineView: Encodable {
        var path: String
        var value: String?
        var place: String
    }

    static func settings(_ visit: Visit) throws -> any Encodable {
        try visit.shop.settings().map { LineView(path: $0.path, value: $0.value, place: $0.place) }
    }
}
