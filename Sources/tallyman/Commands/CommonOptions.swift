import ArgumentParser
import Foundation

/// What every command takes.
struct CommonOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "The settings file. TALLYMAN_SETTINGS unless given, then tallyman.yaml.")
    var settings: String?

    @Flag(help: "Answer in JSON.")
    var json = false

    var settingsFile: String { settings ?? ProcessInfo.processInfo.environment["TALLYMAN_SETTINGS"] ?? "tallyman.yaml" }
    var output: Output { Output(json ? .json : .text) }

    func assembly() throws -> Assembly { try Assembly(settingsFile: settingsFile) }

    /// Who gives the order, for the audit.
    var who: String {
        let environment = ProcessInfo.processInfo.environment
        return environment["SUDO_USER"] ?? environment["USER"] ?? environment["LOGNAME"] ?? "uid \(getuid())"
    }
}
