import ArgumentParser
import Domain

struct LintCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint", abstract: "Check the settings and profiles without touching the network."
    )

    @OptionGroup var common: CommonOptions

    func run() throws {
        let assembly = try common.assembly()
        try assembly.checkFlows()
        let flows = assembly.settings.flowNames.joined(separator: ", ")
        if common.json {
            try common.output.json(["settings": common.settingsFile, "verdict": "ok"])
        } else {
            common.output.line("\(common.settingsFile) is good: shop \(assembly.settings.shop), flows \(flows)")
        }
    }
}
