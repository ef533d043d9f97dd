import ArgumentParser
import Foundation

/// What every command takes.
struct CommonOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: "The settings file. Otherwise TALLYMAN_SETTINGS, then tallyman.yaml in this folder, then /etc/tallyman/SHOP.yaml if there is one shop.",
        completion: Suggestions.settingsFiles)
    var settings: String?

    @Flag(help: "Answer in JSON.")
    var json = false

    var settingsFile: String { settings ?? Self.standardSettings(ProcessInfo.processInfo.environment) }
    var output: Output { Output(json ? .json : .text) }

    func assembly() throws -> Assembly { try Assembly(settingsFile: settingsFile) }

    /// The settings file that is meant where none is named.
    static func standardSettings(_ environment: [String: String], installed: String = "/etc/tallyman") -> String {
        if let named = environment["TALLYMAN_SETTINGS"], !named.isEmpty { return named }
        let here = "tallyman.yaml"
        guard !FileManager.default.fileExists(atPath: here) else { return here }
        let shops = ((try? FileManager.default.contentsOfDirectory(atPath: installed)) ?? []).filter { $0.hasSuffix(".yaml") }
        // Of several shops none is the one that is meant.
        return shops.count == 1 ? "\(installed)/\(shops[0])" : here
    }

    /// Who gives the order, for the audit.
    var who: String {
        let environment = ProcessInfo.processInfo.environment
        return environment["SUDO_USER"] ?? environment["USER"] ?? environment["LOGNAME"] ?? "uid \(getuid())"
    }
}
