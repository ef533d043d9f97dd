import ArgumentParser
import Domain
import Engine
import StateStore

struct ActCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "act", abstract: "Carry out what people ordered in the console, for shops without `serve`.",
        discussion: "`serve` does the same by itself within a second, and then this ends at once; `run` does it before anything else."
            + "\n\n" + Examples.of("act")
    )

    @OptionGroup var common: CommonOptions

    private struct View: Encodable {
        var order: Int64
        var action: String
        var flow: String
        var by: String
        var state: String
        var text: String?
        var run: Int64?
    }

    func run() async throws {
        let command = self
        try await OrderlyStop.around {
            let assembly = try command.common.assembly()
            let ledger = try assembly.ledger()
            let output = command.common.output
            if try assembly.isServed(ledger) {
                return command.common.json ? try output.json([View]()) : output.line("serve is at work and carries orders out by itself")
            }
            var done: [Instruction] = []
            for flow in assembly.settings.flowNames { done += try await InstructionCall(assembly: assembly, ledger: ledger).carryOut(flow: flow) }
            let views = done.map {
                View(order: $0.id, action: $0.action.rawValue, flow: $0.flow, by: $0.who, state: $0.state.rawValue, text: $0.text, run: $0.run)
            }
            if command.common.json { return try output.json(views) }
            if views.isEmpty { output.line("nobody has ordered anything") }
            for view in views { output.line("order \(view.order), \(view.action) of \(view.flow) by \(view.by): \(view.state). \(view.text ?? "")") }
            assembly.sendMail(ledger, sayingTo: output)
        }
    }
}
