import ArgumentParser
import Domain
import Foundation

struct ScenariosCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scenarios",
        abstract: "Play the go-live scenarios on the sandbox shop and write a page for sign-off.",
        discussion: """
            Each scenario runs this program with settings of its own in a throwaway folder. The shop is a magento-sandbox that is started for \
            it, or one that runs already; no other shop is touched.
            """ + "\n\n" + Examples.of("scenarios")
    )

    @Flag(help: "Answer in JSON.") var json = false
    @Flag(help: "Only list the scenarios.") var list = false
    @Option(help: "Only these requirements: C230,C239.") var only: String?
    @Option(help: "The folder for sign-off.html and sign-off.json.") var out = "."
    @Option(help: "The address of a running sandbox: magento-sandbox --control. One is started unless given.") var shop: String?
    @Flag(help: "Keep the throwaway folder, and say where it is.") var keep = false

    private struct Row: Encodable {
        var requirement: String
        var shows: String
    }

    func run() async throws {
        let output = Output(json ? .json : .text)
        let chosen = try scenarios()
        guard !list else {
            let rows = chosen.map { Row(requirement: $0.id, shows: $0.shows) }
            return json ? try output.json(rows) : output.table(["requirement", "shows"], rows.map { [$0.requirement, $0.shows] })
        }
        let timeline = Timeline.system
        let folder = NSTemporaryDirectory() + "tallyman-scenarios-\(ProcessInfo.processInfo.processIdentifier)-\(timeline.now().milliseconds)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { if !keep { try? FileManager.default.removeItem(atPath: folder) } }
        let outcomes = try await play(chosen, in: folder, timeline)
        let page = SignOffPage(outcomes: outcomes, version: Tallyman.configuration.version, made: timeline.now())
        try write(outcomes, page)
        if json {
            try output.json(outcomes)
        } else {
            output.table(
                ["requirement", "verdict", "checks", "shows"],
                outcomes.map { [$0.requirement, $0.verdict.rawValue, $0.checks.isEmpty ? "-" : "\($0.checks.count)", $0.shows] })
            for outcome in outcomes { explain(outcome, output) }
            output.line("written: \(out)/sign-off.html, \(out)/sign-off.json")
            if keep { output.line("kept: \(folder)") }
        }
        if outcomes.contains(where: { $0.verdict == .failed }) { throw ExitStatus.failed }
    }

    private func scenarios() throws -> [Scenario] {
        guard let only else { return ScenarioPack.all }
        let wanted = only.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces).uppercased() }
        if let unknown = wanted.first(where: { id in !ScenarioPack.all.contains { $0.id == id } }) {
            throw ValidationError("there is no scenario \(unknown); tallyman scenarios --list names them")
        }
        return ScenarioPack.all.filter { wanted.contains($0.id) }
    }

    private func play(_ scenarios: [Scenario], in folder: String, _ timeline: Timeline) async throws -> [ScenarioOutcome] {
        var started: SandboxProcess?
        defer { started?.stop() }
        let url: String
        if let shop {
            _ = try await SandboxView(url: shop)
            url = shop
        } else {
            let process = try await SandboxProcess.start(besides: ScenarioPack.ownFolder)
            started = process
            url = process.url
        }
        var outcomes: [ScenarioOutcome] = []
        for scenario in scenarios {
            outcomes.append(
                try await ScenarioPack.play(scenario, on: url, programs: ScenarioPack.ownFolder, in: folder, timeline: timeline))
        }
        return outcomes
    }

    private func write(_ outcomes: [ScenarioOutcome], _ page: SignOffPage) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let files = [("sign-off.html", Data(page.html.utf8)), ("sign-off.json", try encoder.encode(outcomes))]
        for (name, content) in files {
            do {
                try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
                try content.write(to: URL(fileURLWithPath: "\(out)/\(name)"))
            } catch {
                throw Diagnostic(
                    "SCENARIOS-WRITE", "the page cannot be written", at: .init(file: "\(out)/\(name)"),
                    fix: "name a folder that you may write to with --out")
            }
        }
    }

    private func explain(_ outcome: ScenarioOutcome, _ output: Output) {
        guard outcome.verdict != .passed else { return }
        if let reason = outcome.reason { output.line(output.styled("\(outcome.requirement): \(reason)", .bad)) }
        for check in outcome.checks where !check.isMet {
            output.line(output.styled("\(outcome.requirement): \(check.what): expected \(check.expected), found \(check.actual)", .bad))
        }
    }
}
