import ArgumentParser
import Domain
import Endpoints
import Engine
import Foundation
import Reports

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a flow once: go on with what is open, look for files, plan, gate, apply, account."
    )

    @OptionGroup var common: CommonOptions
    @Argument(help: "The flow's name in the settings.") var flow: String
    @Option(help: "Take this file of this machine instead of looking at the endpoint.") var file: String?
    @Option(help: "How long to wait for a file that is still settling.") var wait = "60s"
    @Option(help: .hidden) var cause = "operator"

    func run() async throws {
        let assembly = try common.assembly()
        guard let patience = Duration(setting: wait) else {
            throw ValidationError("--wait is a duration such as 30s or 2m")
        }
        let ledger = try assembly.ledger()
        let runner = try assembly.runner(ledger)
        let line = ProgressLine()
        let report = try await assembly.withShop { shop in
            defer { line.clear() }
            let flow = try await assembly.flow(flow, shop, ledger)
            guard let file else {
                return try await runner.run(flow, cause: cause, patience: .upTo(patience), progress: line.show)
            }
            let given = try await LocalFile(path: file).spool(into: assembly.spool())
            return try await runner.run(
                flow, file: given.spooled, name: given.name, modified: given.modified, cause: cause, progress: line.show
            )
        }
        try runner.expire(Retention(assembly.settings.root["retention"]))
        try FlowPrinter(output: common.output, rejects: RejectFiles(assembly: assembly, ledger: ledger)).print(report)
        // A report that does not get out waits in the outbox; it says nothing about the run.
        if let trouble = try assembly.sendMail(ledger)?.trouble, !common.json { common.output.line("  → mail waits: \(trouble)") }
        let status = ExitStatus(report.runs, trouble: report.trouble)
        if status == .done, report.runs.isEmpty, !report.waitingFiles.isEmpty { throw ExitStatus.tryLater }
        if status != .done { throw status }
    }
}
