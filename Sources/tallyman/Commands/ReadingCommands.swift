import ArgumentParser
import Domain
import Engine
import Reports
import StateStore

struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "runs", abstract: "The latest runs.")

    @OptionGroup var common: CommonOptions
    @Option(help: "Only this flow.") var flow: String?
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
                    "\(report.run.id)", report.run.flow, "\(report.run.started)", report.run.state.rawValue,
                    report.fileName ?? "-", report.tallies.map { "\($0.tally)" }.joined(separator: "; "),
                ]
            }
        )
    }
}

struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "One run: its books, its plan, its reasons for rejecting."
    )

    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("The run's number.", valueName: "run")) var number: Int64
    @Option(help: "How many changes to list.") var limit = 20

    func run() throws {
        let assembly = try common.assembly()
        let ledger = try assembly.ledger()
        let report = try assembly.runner(ledger).report(on: number)
        let rejectFile = RejectFiles(assembly: assembly, ledger: ledger).writeAside(for: report)
        try RunPrinter(output: common.output).print(report, rejectFile: rejectFile)
        if common.json { return }
        let (reasons, changes) = try ledger.read { reader in
            (try reader.topReasons(run: number, limit: 10), try reader.changes(run: number, limit: limit))
        }
        common.output.table(
            ["rejected", "code", "first line", "reason"],
            reasons.map { ["\($0.count)", $0.code, "\($0.example.origin.line)", $0.example.reason?.text ?? ""] }
        )
        let hasEntities = report.plans.count > 1
        let words = try ValueWords(assembly)
        common.output.table(
            [KeyNoun.caption(of: changes.map(\.entity))] + (hasEntities ? ["entity"] : []) + ["outcome", "value", "proof"],
            changes.map { planned in
                [planned.change.key.description] + (hasEntities ? [planned.entity] : []) + [
                    planned.outcome.rawValue, words.describe(planned.change.after, entity: planned.entity),
                    planned.proof ?? planned.due.map { "waits for \($0)" } ?? "",
                ]
            }
        )
    }
}
