import ArgumentParser
import Domain
import Engine
import StateStore

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "How things stand, beginning with what is wrong."
    )

    @OptionGroup var common: CommonOptions

    func run() throws {
        let assembly = try common.assembly()
        let ledger = try assembly.ledger()
        let rows = try assembly.settings.flowNames.map { try FlowStatus(flow: $0, ledger) }
        if common.json { return try common.output.json(rows) }
        let output = common.output
        for row in rows.sorted(by: { !$0.needsAttention.isEmpty && $1.needsAttention.isEmpty }) {
            for text in row.needsAttention { output.line(output.styled("! \(row.flow): \(text)", .warning)) }
        }
        if rows.allSatisfy(\.needsAttention.isEmpty) { output.line(output.styled("all is well", .good)) }
        output.table(
            ["flow", "last run", "state", "ended", "errors open"],
            rows.map { [$0.flow, $0.lastRun.map(String.init) ?? "-", $0.state ?? "-", $0.ended ?? "-", "\($0.openErrors)"] }
        )
    }
}

/// One line of `status`.
struct FlowStatus: Encodable {
    var flow: String
    var lastRun: Int64?
    var state: String?
    var ended: String?
    var openErrors: Int
    var needsAttention: [String]

    init(flow: String, _ ledger: Ledger) throws {
        let (last, open, errors, quarantined) = try ledger.read { reader in
            (
                try reader.recentRuns(flow: flow, limit: 1).first, try reader.openRuns(flow: flow),
                try reader.openErrorCount(flow: flow), try reader.drops(flow: flow, in: .quarantined)
            )
        }
        self.flow = flow
        lastRun = last?.id
        state = last?.state.rawValue
        ended = last?.ended.map { "\($0)" }
        openErrors = errors
        var attention = open.filter { $0.state != .scheduled }.map { "run \($0.id) is \($0.state.rawValue): \($0.verdict ?? "")" }
        if let last, last.state == .failed { attention.append("run \(last.id) failed: \(last.verdict ?? "")") }
        if errors > 0 { attention.append("\(errors) rejected records wait: tallyman errors --flow \(flow)") }
        if !quarantined.isEmpty {
            let names = quarantined.prefix(3).map { Escaped($0.file.name).description }.joined(separator: ", ")
            attention.append("\(quarantined.count) files set aside: \(names)")
        }
        needsAttention = attention
    }
}

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
        let rejectFile = try RejectFiles(assembly: assembly, ledger: ledger).write(for: report)
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
        common.output.table(
            ["product"] + (hasEntities ? ["entity"] : []) + ["outcome", "value", "proof"],
            try changes.map { planned in
                [planned.change.key.description] + (hasEntities ? [planned.entity] : []) + [
                    planned.outcome.rawValue, try assembly.describe(planned.change.after, entity: planned.entity),
                    planned.proof ?? planned.due.map { "waits for \($0)" } ?? "",
                ]
            }
        )
    }
}

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Write a consistent copy of the ledger, safe while runs go on."
    )

    @OptionGroup var common: CommonOptions
    @Argument(help: "The new file; it must not exist.") var target: String

    func run() throws {
        try common.assembly().ledger().backUp(to: target)
        common.output.line("the ledger is copied to \(target)")
    }
}
