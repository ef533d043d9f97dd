import ArgumentParser
import Domain
import Engine
import Entities
import StateStore

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Show what a file would change, and change nothing."
    )

    @OptionGroup var common: CommonOptions
    @Argument(help: "The flow's name in the settings.") var flow: String
    @Option(help: "Look at this file of this machine instead of the newest at the endpoint.") var file: String?
    @Option(help: "How many changes to list.") var limit = 20

    func run() async throws {
        let assembly = try common.assembly()
        let ledger = try assembly.ledger()
        let runner = try assembly.runner(ledger)
        let line = ProgressLine()
        let report = try await assembly.withShop { shop in
            defer { line.clear() }
            let flow = try assembly.flow(flow, shop)
            guard let file else { return try await runner.preview(flow, progress: line.show) }
            let given = try await LocalFile(path: file).spool(into: assembly.spool())
            return try await runner.preview(
                flow, file: given.spooled, name: given.name, modified: given.modified, progress: line.show
            )
        }
        guard let report else {
            if common.json { return try common.output.json(["flow": flow, "state": "no file"]) }
            return common.output.line("\(flow): 0 files, nothing to look at")
        }
        let changes = try ledger.read { try $0.changes(run: report.run.id, limit: limit) }
        try RunPrinter(output: common.output).print(report, rejectFile: nil)
        if !common.json {
            let definition = try assembly.stockDefinition(flow: flow)
            common.output.table(
                ["product", "now", "would be", "why"],
                changes.map { planned in
                    [
                        planned.change.key.description, planned.change.before.map { definition.describe($0) } ?? "-",
                        definition.describe(planned.change.after), planned.evidence,
                    ]
                }
            )
        }
        if report.plans.contains(where: { !$0.findings.isEmpty }) { throw ExitStatus.held }
    }
}
