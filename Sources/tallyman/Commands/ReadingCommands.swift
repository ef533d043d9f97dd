import ArgumentParser
import Domain
import Engine
import Reports
import StateStore

struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "runs", abstract: "The latest runs.", discussion: Examples.of("runs"))

    @OptionGroup var common: CommonOptions
    @Option(help: "Only this flow.", completion: Suggestions.flows) var flow: String?
    @Option(help: "How many.") var limit = 20

    func run() throws {
        let assembly = try common.assembly()
        let ledger = try assembly.ledger()
        let runner = try assembly.runner(ledger)
        let reports = try ledger.read { try $0.recentRuns(flow: flow, limit: limit) }.map { try runner.report(on: $0.id) }
        if common.json { return try common.output.json(reports.map { RunView($0) }) }
        common.output.table(
            ["run", "flow", "started", "state", "file", "tally"],
            reports.map { report in
                [
                    "\(report.run.id)", report.run.flow, ShopClock.told(report.run.started), report.run.state.rawValue,
                    report.fileName ?? "-", report.tallies.map { "\($0.tally)" }.joined(separator: "; "),
                ]
            }
        )
    }
}

struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "One run: its books, its plan, its reasons for rejecting.", discussion: Examples.of("show")
    )

    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("The run's number.", valueName: "run"), completion: Suggestions.runs) var number: Int64
    @Option(help: "How many changes to list.") var limit = 20

    func run() throws {
        let assembly = try common.assembly()
        let ledger = try assembly.ledger()
        let report = try assembly.runner(ledger).report(on: number)
        let rejects = RejectFiles(assembly: assembly, ledger: ledger)
        let (rejectFile, errors) = (rejects.writeAside(for: report), try rejects.waiting(of: report))
        let words = try ValueWords(assembly)
        let held = try report.run.state == .held ? ledger.read { try HeldRows.all(in: report, words, $0) } : []
        let (reasons, planned) = try ledger.read { reader in
            (try reader.topReasons(run: number, limit: 10), try reader.changes(run: number, limit: limit))
        }
        let changes = planned.map { ChangeWords($0, words) }
        if common.json {
            return try common.output.json(ShownRun(run: RunView(report, rejectFile: rejectFile, errors: errors), gated: held, changes: changes))
        }
        try RunPrinter(output: common.output).print(report, rejectFile: rejectFile, errors: errors)
        RunTimesPrinter(output: common.output).print(report.times)
        common.output.table(
            ["rejected", "code", "first line", "reason"],
            reasons.map { ["\($0.count)", $0.code, "\($0.example.origin.line)", $0.example.reason?.text ?? ""] }
        )
        common.output.table(["gate", "entity", "what it is about"], held.map { [$0.gate, $0.entity, $0.row] })
        let hasEntities = report.plans.count > 1
        common.output.table(
            [KeyNoun.caption(of: planned.map(\.entity))] + (hasEntities ? ["entity"] : []) + ["outcome", "old", "new", "change", "proof"],
            changes.map { change in
                [change.key] + (hasEntities ? [change.entity] : []) + [
                    change.outcome, change.old ?? "-", change.new, change.percent ?? "", change.proof,
                ]
            }
        )
        let total = report.plans.reduce(0) { $0 + $1.summary.creates + $1.summary.updates }
        if planned.count == limit, total > limit { common.output.line("\(limit) of \(total) changes; --limit \(total) lists all") }
    }
}

/// A run with what `show` adds to it: the run's own members, and these.
private struct ShownRun: Encodable {
    var run: RunView
    var gated: [HeldRows]
    var changes: [ChangeWords]

    private enum Keys: String, CodingKey { case gated, changes }

    func encode(to encoder: any Encoder) throws {
        try run.encode(to: encoder)
        var more = encoder.container(keyedBy: Keys.self)
        try more.encode(gated, forKey: .gated)
        try more.encode(changes, forKey: .changes)
    }
}
