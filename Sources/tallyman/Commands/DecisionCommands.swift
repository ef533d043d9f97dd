import ArgumentParser
import Domain
import Engine
import StateStore

struct ApproveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "approve", abstract: "Apply a held plan.")

    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("The run's number.", valueName: "run")) var number: Int64

    func run() async throws {
        let assembly = try common.assembly()
        let ledger = try assembly.ledger()
        let desk = assembly.desk(try assembly.runner(ledger))
        guard let held = try ledger.read({ try $0.run(number) }) else {
            throw Diagnostic("RUN-UNKNOWN", "there is no run \(number)", hint: "`tallyman runs` lists them")
        }
        let line = ProgressLine()
        let report = try await assembly.withShop { shop in
            defer { line.clear() }
            return try await desk.approve(
                number, of: try await assembly.flow(held.flow, shop, ledger), by: common.who, progress: line.show
            )
        }
        let rejectFile = try RejectFiles(assembly: assembly, ledger: ledger).write(for: report)
        try RunPrinter(output: common.output).print(report, rejectFile: rejectFile)
        let status = ExitStatus([report])
        if status != .done { throw status }
    }
}

struct RollbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback", abstract: "Put back every value a run changed, unless a newer one is live."
    )

    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("The run's number.", valueName: "run")) var number: Int64

    func run() async throws {
        let assembly = try common.assembly()
        let ledger = try assembly.ledger()
        let desk = assembly.desk(try assembly.runner(ledger))
        guard let applied = try ledger.read({ try $0.run(number) }) else {
            throw Diagnostic("RUN-UNKNOWN", "there is no run \(number)", hint: "`tallyman runs` lists them")
        }
        let line = ProgressLine()
        let report = try await assembly.withShop { shop in
            defer { line.clear() }
            return try await desk.rollback(
                number, of: try await assembly.flow(applied.flow, shop, ledger), by: common.who, progress: line.show
            )
        }
        try RunPrinter(output: common.output).print(report, rejectFile: nil)
        let status = ExitStatus([report])
        if status != .done { throw status }
    }
}

struct DiscardCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "discard", abstract: "Throw a held plan away; nothing of it is ever applied."
    )

    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("The run's number.", valueName: "run")) var number: Int64

    func run() throws {
        let assembly = try common.assembly()
        let desk = assembly.desk(try assembly.runner(try assembly.ledger()))
        try RunPrinter(output: common.output).print(try desk.discard(number, by: common.who), rejectFile: nil)
    }
}
