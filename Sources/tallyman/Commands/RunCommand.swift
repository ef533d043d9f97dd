import ArgumentParser
import Domain
import Endpoints
import Engine
import Foundation
import Reports
import StateStore

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a flow once: go on with what is open, look for files or orders, plan, gate, apply or send, account.",
        discussion: Examples.of("run")
    )

    @OptionGroup var common: CommonOptions
    @Argument(help: "The flow's name in the settings; every flow, one after the other, unless given.", completion: Suggestions.flows) var flow:
        String?
    @Option(help: "Take this file of this machine instead of looking at the endpoint.", completion: .file()) var file: String?
    @Option(help: "With --file: what the sender called it, where that is not its name here.") var name: String?
    @Option(help: "With --file: when the sender wrote it, such as 2026-11-21T06:05:00Z, where that is not the time of the file here.")
    var written: String?
    @Option(help: "How long to wait for a file that is still settling.") var wait = "60s"
    @Flag(
        name: [.customShort("q"), .long], inversion: .prefixedNo,
        help: ArgumentHelp(
            "Print only what needs attention: nothing for a run that is done, for cron.",
            discussion: "Without either flag a run that found nothing to do prints nothing where standard output is no terminal."))
    var quiet: Bool?
    @Option(help: .hidden) var cause = "operator"

    func run() async throws {
        guard let patience = Duration(setting: wait) else {
            throw ValidationError("--wait is a duration such as 30s or 2m")
        }
        guard file == nil || flow != nil else { throw ValidationError("--file needs the name of the flow that it is for") }
        guard file != nil || name == nil && written == nil else { throw ValidationError("--name and --written tell of a file: give it with --file") }
        let command = self
        try await OrderlyStop.around {
            let assembly = try command.common.assembly()
            guard command.flow == nil else { return try await command.run(assembly, patience) }
            try await command.runAll(assembly, patience)
        }
    }

    /// In the order of the settings, except that stock which reckons with orders comes after what tells of orders. A flow that cannot go on keeps no other from its work; the first trouble is the end's code.
    private func runAll(_ assembly: Assembly, _ patience: Duration) async throws {
        var first: (any Error)?
        for name in CycleOrder.sorted(assembly.settings.root) {
            var command = self
            command.flow = name
            do {
                try await command.run(assembly, patience)
            } catch let error as CancellationError {
                throw error
            } catch {
                if let diagnostic = error as? Diagnostic { DiagnosticPrinter.print(diagnostic) }
                first = first ?? (error as? Diagnostic).map { ExitStatus($0) } ?? error
            }
        }
        if let first { throw first }
    }

    private func run(_ assembly: Assembly, _ patience: Duration) async throws {
        let flow = flow ?? ""
        let ledger = try assembly.ledger()
        let call = FlowCall(assembly: assembly, ledger: ledger)
        if let pause = try ledger.read({ try $0.pause(of: flow, at: assembly.timeline.now()) }), file == nil {
            if quiet != true, !common.json { common.output.line("\(pause.text); nothing was done. `tallyman resume \(flow)` ends the pause") }
            return
        }
        let report: FlowReport
        // What people ordered in the console comes first, where no service does it.
        if file == nil, try !assembly.isServed(ledger) {
            for order in try await InstructionCall(assembly: assembly, ledger: ledger).carryOut(flow: flow) where !common.json && quiet != true {
                common.output.line("order \(order.id) of \(order.who): \(order.state.rawValue). \(order.text ?? "")")
            }
        }
        do {
            let line = ProgressLine()
            defer { line.clear() }
            let given = try await given(assembly)
            report = try await call.run(flow, cause: cause, patience: patience, file: given, progress: line.show)
        } catch let diagnostic as Diagnostic {
            // The ledger itself may be the trouble; the error that matters is the first.
            try? await call.lookAtAlarms(telling: PrintedNotices())
            throw diagnostic
        }
        let status = ExitStatus(report.runs, trouble: report.trouble)
        let rejects = RejectFiles(assembly: assembly, ledger: ledger)
        if status != .done || quiet != true || common.json {
            let saysNothing = quiet ?? !common.output.isForPeople
            try FlowPrinter(output: common.output, rejects: rejects, isOutbound: try assembly.isOutbound(flow), omitsNothingToDo: saysNothing)
                .print(report)
        }
        try await call.lookAtAlarms(telling: PrintedNotices())
        assembly.sendMail(ledger, sayingTo: common.output)
        if status == .done, report.runs.isEmpty, !report.waitingFiles.isEmpty { throw ExitStatus.tryLater }
        if status != .done { throw status }
    }

    /// The file that was given, taken into the spool.
    private func given(_ assembly: Assembly) async throws -> LocalFile.Given? {
        guard let file else { return nil }
        let moment = try written.map { text in
            guard let moment = UTCInstant(argument: text) else { throw ValidationError("--written is a time such as 2026-11-21T06:05:00Z") }
            return moment
        }
        return try await LocalFile(path: file, name: name, written: moment).spool(into: assembly.spool())
    }
}
