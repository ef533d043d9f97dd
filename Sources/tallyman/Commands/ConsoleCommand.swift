import ArgumentParser
import Console
import Domain
import Foundation

struct ConsoleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "console", abstract: "Serve the operators' console: pages in a browser for people who have no shell.",
        discussion: """
            Without any secret of a shop: it reads the ledgers and writes decisions into them, which `serve` or the next `run` carries out.
            People are added with `tallyman user add`. docs/console.md has the settings file and the web server before it.
            """ + "\n\n" + Examples.of("console")
    )

    @Option(name: .shortAndLong, help: "The console's settings file. TALLYMAN_CONSOLE unless given, then console.yaml.")
    var settings: String?
    @Flag(help: "Mark every page as a shop to learn with.") var training = false

    func run() async throws {
        let file = try ConsoleFile(path: Self.path(settings))
        let houses = try file.shops.map { try ConsoleHouse(settingsFile: $0, isTraining: training) }
        if let twice = Dictionary(grouping: houses, by: \.name).first(where: { $0.value.count > 1 })?.key {
            throw Diagnostic("SETTINGS-TWICE", "two settings files are of the shop \(Escaped(twice))", fix: "give each shop a name of its own")
        }
        let app = ConsoleApp(settings: file.settings, store: try file.store(), houses: houses, timeline: .system)
        let settings = file.settings
        try await OrderlyStop.around {
            let chores = Task {
                while !Task.isCancelled {
                    app.expire()
                    try await Task.sleep(for: .seconds(3600))
                }
            }
            defer { chores.cancel() }
            try await ConsoleServer(app: app).run(host: settings.host, port: settings.port) { _ in
                Output(.text).line("console at \(settings.url), shops: \(houses.map(\.name).joined(separator: ", "))")
                ServiceManager(environment: ProcessInfo.processInfo.environment).tell(.ready(status: "console at \(settings.url)"))
            }
        }
    }

    static func path(_ given: String?) -> String { given ?? ProcessInfo.processInfo.environment["TALLYMAN_CONSOLE"] ?? "console.yaml" }
}
