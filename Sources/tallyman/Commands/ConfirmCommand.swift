import ArgumentParser
import Domain
import Engine
import StateStore

struct ConfirmCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "confirm",
        abstract: "Say that this ledger belongs to the shop and the servers that the settings name now.", discussion: Examples.of("confirm")
    )

    @OptionGroup var common: CommonOptions

    func run() throws {
        let assembly = try common.assembly()
        let ledger = try assembly.ledger()
        let now = Home(assembly.settings)
        let contradictions = try ledger.read { try Home.known($0) }?.contradictions(to: now) ?? []
        guard !contradictions.isEmpty else { return common.output.line("nothing is to be confirmed") }
        let desk = assembly.desk(try assembly.runner(ledger))
        let who = common.who
        try ledger.write(.operators) { writer in
            try now.remember(writer)
            try desk.note("confirm", of: contradictions.joined(separator: "; "), by: who, in: writer)
        }
        for text in contradictions { common.output.line("confirmed: \(text)") }
    }
}
