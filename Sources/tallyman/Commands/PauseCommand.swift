import ArgumentParser
import Domain
import Engine
import StateStore

struct PauseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Hold a flow back for a while: neither `serve` nor `run` starts it.",
        discussion: "A pause always ends by itself. Nothing is missed meanwhile, and no alarm tells so.\n\n" + Examples.of("pause"))

    @OptionGroup var common: CommonOptions
    @Argument(help: "The flow's name in the settings.", completion: Suggestions.flows) var flow: String
    @Option(help: "How long, such as 2h; at most seven days.") var `for`: String
    @Option(help: "Why, for those who wonder, and for the audit.") var because: String

    func run() throws {
        guard let length = Duration(setting: `for`), length > .zero else { throw ValidationError("--for is a duration such as 30m or 2h") }
        let assembly = try common.assembly()
        _ = try assembly.settings.flow(flow)
        let ledger = try assembly.ledger()
        let desk = assembly.desk(try assembly.runner(ledger))
        let until = assembly.timeline.now().adding(length)
        let pause = try ledger.write(.operators) { writer in
            try desk.pause(flow, until: until, by: common.who, because: because, writer)
            return try writer.reader.pause(of: flow, at: assembly.timeline.now())
        }
        if let pause { common.output.line(ShopClock.told(pause.text)) }
    }
}

struct ResumeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "End a flow's pause before its time.", discussion: Examples.of("resume"))

    @OptionGroup var common: CommonOptions
    @Argument(help: "The flow's name in the settings.", completion: Suggestions.flows) var flow: String

    func run() throws {
        let assembly = try common.assembly()
        let ledger = try assembly.ledger()
        let desk = assembly.desk(try assembly.runner(ledger))
        let wasPaused = try ledger.write(.operators) { try desk.resume(flow, by: common.who, $0) }
        common.output.line(wasPaused ? "\(flow) runs again" : "\(flow) was not paused")
    }
}
