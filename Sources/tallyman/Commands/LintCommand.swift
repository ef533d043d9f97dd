import ArgumentParser
import Domain

struct LintCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint", abstract: "Check the settings and profiles without touching the network.", discussion: Examples.of("lint")
    )

    @OptionGroup var common: CommonOptions

    func run() throws {
        let assembly = try common.assembly()
        try assembly.checkFlows()
        let notes = ReservationDefault.notes(in: assembly.settings.root) + ProfileCopy.notes(on: assembly.settings)
        let flows = assembly.settings.flowNames.joined(separator: ", ")
        if common.json {
            try common.output.json(LintView(settings: common.settingsFile, verdict: "ok", notes: notes))
        } else {
            common.output.line("\(common.settingsFile) is good: shop \(assembly.settings.shop), flows \(flows)")
            for note in notes { common.output.line("note: \(note)") }
        }
    }
}

private struct LintView: Encodable {
    var settings: String
    var verdict: String
    /// What the settings mean and nobody may have meant.
    var notes: [String]
}
