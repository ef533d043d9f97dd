import ArgumentParser
import Domain
import Engine
import Formats
import Foundation
import Reports
import StateStore

struct WhyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why", abstract: "The file, line, bytes and formula behind a value in the shop; or where an order is.",
        discussion: Examples.of("why")
    )

    @OptionGroup var common: CommonOptions
    @Argument(help: "The product's code, or the order's number.") var key: String
    @Option(help: "Only this entity: stock, prices, …") var entity: String?
    @Option(help: "As it stood at this time (2026-11-21T06:05:00Z).") var at: String?

    func run() throws {
        let assembly = try common.assembly()
        let runner = try assembly.runner(try assembly.ledger())
        var time: UTCInstant?
        if let at {
            guard let moment = UTCInstant(argument: at) else { throw ValidationError("--at is a time such as 2026-11-21T06:05:00Z") }
            time = moment
        }
        let documents = try runner.explain(document: RecordKey(key))
        if !documents.isEmpty, entity == nil {
            return try WhyDocument(output: common.output).print(documents.map { assembly.view($0) })
        }
        let definitions = try assembly.definitions().filter { entity == nil || $0.name == entity }
        guard !definitions.isEmpty else {
            throw ValidationError("--entity is one that a flow feeds: \(try assembly.definitions().map(\.name).joined(separator: ", "))")
        }
        let views = try definitions.map { assembly.view(try runner.explain(RecordKey(key), entity: $0, at: time)) }
        if common.json { return try common.output.json(views) }
        for view in views { print(view) }
    }

    private func print(_ view: ExplanationView) {
        let output = common.output
        output.line(output.styled(view.key, .strong) + " · \(view.entity) · " + (view.current ?? "nothing known"))
        if let adopted = view.adopted { output.line("  \(ShopClock.told(adopted))") }
        for step in view.steps {
            output.line("  \(step.outcome) in run \(step.run) at \(ShopClock.told(step.at)): \(step.before ?? "nothing") → \(step.after)")
            output.line("    \(step.formula)")
            for record in step.records { output.line("    \(step.file ?? "-") line \(record.line): \(record.text ?? "(no longer in the spool)")") }
            if let proof = step.proof { output.line("    \(ShopClock.told(proof))") }
        }
        for error in view.openErrors {
            output.line(output.styled("  ! rejected, line \(error.line): \(error.reason ?? "") → \(error.fix ?? "")", .warning))
        }
        if view.steps.isEmpty, view.openErrors.isEmpty { output.line("  no file has changed it yet") }
    }
}
