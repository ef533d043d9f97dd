import ArgumentParser
import Foundation

struct DocsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "docs", abstract: "Write the references that are made from the program: settings page, JSON Schema, runbook of the alarms.",
        shouldDisplay: false
    )

    @Argument(help: "The project's folder.") var folder = "."
    @Flag(help: "Only say whether the files are up to date.") var check = false

    func run() throws {
        var stale: [String] = []
        for (path, content) in try SettingsReference.files() {
            let full = "\(folder)/\(path)"
            let present = FileManager.default.contents(atPath: full).map { String(decoding: $0, as: UTF8.self) }
            guard present != content else { continue }
            stale.append(path)
            if !check { try content.write(toFile: full, atomically: true, encoding: .utf8) }
        }
        let output = Output(.text)
        output.line(stale.isEmpty ? "the references are up to date" : (check ? "out of date: " : "written: ") + stale.joined(separator: ", "))
        if check, !stale.isEmpty { throw ExitStatus.failed }
    }
}
