import ArgumentParser
import Domain
import Engine
import StateStore

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Show what a file would change, or which orders would leave, and change nothing.",
        discussion: Examples.of("plan")
    )

    @OptionGroup var common: CommonOptions
    @Argument(help: "The flow's name in the settings.", completion: Suggestions.flows) var flow: String
    @Option(help: "Look at this file of this machine instead of the newest at the endpoint.") var file: String?
    @Option(help: "How many changes to list.") var limit = 20

    func run() async throws {
        let assembly = try common.assembly()
        let ledger = try assembly.ledger()
        let runner = try assembly.runner(ledger)
        let line = ProgressLine()
        let preview: FlowRunner.Preview = try await assembly.withShop { shop in
            defer { line.clear() }
            if try assembly.isOutbound(flow) {
                if file != nil { throw ValidationError("--file is for flows into the shop") }
                return FlowRunner.Preview(run: try await runner.preview(try assembly.outboundFlow(flow, shop, ledger), progress: line.show))
            }
            let flow = try await assembly.flow(flow, shop, ledger)
            guard let file else { return try await runner.preview(flow, progress: line.show) }
            let given = try await LocalFile(path: file).spool(into: assembly.spool())
            return FlowRunner.Preview(
                run: try await runner.preview(
                    flow, file: given.spooled, name: given.name, modified: given.modified, progress: line.show
                ))
        }
        if !common.json {
            for waiting in preview.waitingFiles { common.output.line("waiting · \(waiting)") }
        }
        guard let report = preview.run else {
            if common.json { return try common.output.json(NothingView(flow: flow, waiting: preview.waitingFiles)) }
            guard preview.waitingFiles.isEmpty else { return }
            return common.output.line("\(flow): \(try assembly.isOutbound(flow) ? "nothing would leave" : "0 files, nothing to look at")")
        }
        // Programs read one report: that of the last file, which is the only one unless files come in sets.
        let reports = common.json ? [report] : preview.others + [report]
        for report in reports {
            let changes = try ledger.read { try $0.changes(run: report.run.id, limit: limit) }
            try RunPrinter(output: common.output).print(report, rejectFile: nil)
            if common.json { continue }
            if try assembly.isOutbound(flow) {
                showDocuments(changes, report, ledger)
            } else {
                try ChangePrinter(output: common.output, assembly: assembly).print(changes)
            }
        }
        if (preview.others + [report]).contains(where: { $0.plans.contains { !$0.findings.isEmpty } }) { throw ExitStatus.held }
    }

    private func showDocuments(_ changes: [PlannedChange], _ report: RunReport, _ ledger: Ledger) {
        common.output.table(["order", "what would leave"], changes.map { [$0.change.key.description, $0.evidence] })
        let refused = (try? ledger.read { try $0.errors(in: nil, run: report.run.id, limit: limit) }) ?? []
        common.output.table(
            ["refused", "code", "reason", "fix"],
            refused.map { error in
                let reason = error.verdict.reason
                return [error.verdict.key?.description ?? "-", reason?.code ?? "", reason?.text ?? "", reason?.fix ?? ""]
            }
        )
    }
}

/// What `plan` answers programs where there is no file to look at.
private struct NothingView: Encodable {
    var flow: String
    var state = "no file"
    var waiting: [String]
}
