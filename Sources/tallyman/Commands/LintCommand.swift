import ArgumentParser
import Domain

struct LintCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint", abstract: "Check the settings and profiles without touching the network."
    )

    @OptionGroup var common: CommonOptions

    func run() throws {
        let assembly = try common.assembly()
        var problems: [Diagnostic] = []
        for name in assembly.settings.flowNames {
            do {
                let flow = try assembly.settings.flow(name)
                for entity in try assembly.entities(of: flow) { _ = try entity.gates(Gates(flow["gates"])) }
            } catch let diagnostic as Diagnostic {
                problems.append(diagnostic)
            }
        }
        guard problems.isEmpty else { throw SettingsProblems(problems: problems) }
        let flows = assembly.settings.flowNames.joined(separator: ", ")
        if common.json {
            try common.output.json(["settings": common.settingsFile, "verdict": "ok"])
        } else {
            common.output.line("\(common.settingsFile) is good: shop \(assembly.settings.shop), flows \(flows)")
        }
    }
}
