import ArgumentParser
import Domain
import Engine
import Reports
import StateStore

struct ApproveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "approve", abstract: "Apply a held plan.", discussion: Examples.of("approve"))

    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("The run's number.", valueName: "run"), completion: Suggestions.runs) var number: Int64
    @Option(help: "Why, for the audit and the run's verdict.") var because: String?

    func run() async throws {
        let reason = because ?? ""
        try await common.decide(about: number) { [number, who = common.who] desk, flow, progress in
            try await desk.approve(number, of: flow, by: who, because: reason, progress: progress)
        } outbound: { [number, who = common.who] desk, flow in
            try await desk.approve(number, of: flow, by: who, because: reason)
        }
    }
}

struct RollbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback", abstract: "Put back every value a run changed, unless a newer one is live.", discussion: Examples.of("rollback")
    )

    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("The run's number.", valueName: "run"), completion: Suggestions.runs) var number: Int64
    @Option(help: "Only this entity: prices, stock, …") var entity: String?
    @Option(help: "Why, for the audit.") var because: String?
    @Flag(help: "Show what would be put back, and what stays and why; change nothing.") var dryRun = false

    func run() async throws {
        if dryRun { return try preview() }
        try await common.decide(about: number) { [number, entity, reason = because ?? "", who = common.who] desk, flow, progress in
            try await desk.rollback(number, entities: entity.map { [$0] }, of: flow, by: who, because: reason, progress: progress)
        } outbound: { [number] _, flow in
            throw Diagnostic(
                "RUN-OUTBOUND", "what has left for the ERP cannot be fetched back (flow \(flow.name))",
                fix: "cancel the orders in the ERP; `tallyman show \(number)` lists them")
        }
    }
}

extension RollbackCommand {
    private struct Row: Encodable {
        var entity: String
        var key: String
        var now: String
        var restored: String?
        var stays: String?
    }

    private func preview() throws {
        let assembly = try common.assembly()
        let ledger = try assembly.ledger()
        let words = try ValueWords(assembly)
        var rows: [Row] = []
        try assembly.desk(try assembly.runner(ledger)).previewRollback(number, entity: entity, definitions: words.all) { step in
            rows.append(
                Row(
                    entity: step.entity, key: step.planned.change.key.description,
                    now: words.describe(step.planned.change.after, entity: step.entity),
                    restored: step.restored.map { words.describe($0, entity: step.entity) }, stays: step.restored == nil ? step.reason : nil))
        }
        if common.json { return try common.output.json(rows) }
        common.output.table(
            [KeyNoun.caption(of: rows.map(\.entity)), "entity", "now", "put back", "stays because"],
            rows.map { [$0.key, $0.entity, $0.now, $0.restored ?? "-", $0.stays ?? ""] })
        let kept = rows.count { $0.restored == nil }
        common.output.line("\(rows.count - kept) would be put back, \(kept) would stay; nothing was changed")
        common.output.line("  → `tallyman rollback \(number)` does it")
    }
}

struct DiscardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "discard", abstract: "Set an open run aside, whatever it waits for; nothing more of it is ever applied.",
        discussion: """
            What was applied stays (`rollback` puts it back), and files behind the run are read. It needs neither the shop nor the \
            folder of the files. A call to the shop that has no answer may still take effect; the verdict says so.
            """ + "\n\n" + Examples.of("discard")
    )

    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("The run's number.", valueName: "run"), completion: Suggestions.runs) var number: Int64

    func run() async throws {
        let assembly = try common.assembly()
        let ledger = try assembly.ledger()
        try assembly.proveHome(ledger)
        let report = try await assembly.desk(try assembly.runner(ledger)).discard(number, by: common.who)
        let rejects = RejectFiles(assembly: assembly, ledger: ledger)
        try RunPrinter(output: common.output).print(report, rejectFile: try rejects.write(for: report), errors: rejects.waiting(of: report))
        assembly.sendMail(ledger, sayingTo: common.output)
        let status = ExitStatus([report])
        if status != .done { throw status }
    }
}

extension CommonOptions {
    /// Carries a person's decision about a run out against the shop, and shows what came of it.
    func decide(
        about number: Int64,
        _ decision: @escaping @Sendable (OperatorDesk, Flow, @escaping @Sendable (FlowEvent) -> Void) async throws -> RunReport,
        outbound: @escaping @Sendable (OperatorDesk, OutboundFlow) async throws -> RunReport
    ) async throws {
        let common = self
        try await OrderlyStop.around { try await common.carryOut(number, decision, outbound) }
    }

    private func carryOut(
        _ number: Int64,
        _ decision: (OperatorDesk, Flow, @escaping @Sendable (FlowEvent) -> Void) async throws -> RunReport,
        _ outbound: (OperatorDesk, OutboundFlow) async throws -> RunReport
    ) async throws {
        let assembly = try assembly()
        let ledger = try assembly.ledger()
        try assembly.proveHome(ledger)
        let desk = assembly.desk(try assembly.runner(ledger))
        guard let run = try ledger.read({ try $0.run(number) }) else {
            throw Diagnostic("RUN-UNKNOWN", "there is no run \(number)", fix: "`tallyman runs` lists them")
        }
        let line = ProgressLine()
        let report = try await assembly.withShop { shop in
            defer { line.clear() }
            if try assembly.isOutbound(run.flow) { return try await outbound(desk, try assembly.outboundFlow(run.flow, shop, ledger)) }
            return try await decision(desk, try await assembly.flow(run.flow, shop, ledger), line.show)
        }
        let rejects = RejectFiles(assembly: assembly, ledger: ledger)
        try RunPrinter(output: output).print(report, rejectFile: rejects.writeAside(for: report), errors: try rejects.waiting(of: report))
        assembly.sendMail(ledger, sayingTo: output)
        let status = ExitStatus([report])
        if status != .done { throw status }
    }
}
