import ArgumentParser
import Domain
import Formats
import Foundation

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Write settings: a complete example, or a proposal from a sample file of the ERP, with a profile where none fits.",
        discussion: """
            Writes tallyman.yaml, and profiles/ where no shipped profile reads the sample. Shows ten records as they would be taken,
            and what it is unsure of. Answers to its questions come from a YAML file. Nothing is ever overwritten.
            --example copies an example with settings and files of an ERP into a folder of its name: docs/quickstart.md plays it.
            """ + "\n\n" + Examples.of("init")
    )

    @Option(help: "A sample of the ERP's file.") var from: String?
    @Option(help: "A complete example to copy: \(ExampleFiles().names.joined(separator: ", ")).") var example: String?
    @Option(help: "A YAML file with answers, by the keys of the questions.") var answers: String?
    @Option(help: "What the flow is for: stock, prices and so on. The sample decides unless given.") var entity: String?
    @Option(help: "The folder to write into. This one for a sample, one of its name for an example.") var out: String?
    @Option(help: "The folder of the known profiles.") var profiles: String?

    func run() throws {
        guard (from == nil) != (example == nil) else {
            throw ValidationError("give --from SAMPLE, a file of the ERP, or --example NAME: \(ExampleFiles().names.joined(separator: ", "))")
        }
        if let example { return try copy(example) }
        try propose(from: from ?? "", into: out ?? ".")
    }

    private func copy(_ example: String) throws {
        let target = out ?? example
        try ExampleFiles().copy(example, to: target)
        Output(.text).line("written: \(target)/\(InitFiles.settings), with files to try it in \(target)/samples")
    }

    private func propose(from: String, into out: String) throws {
        let catalogue = ProfileCatalogue(folder: profiles ?? InstalledData.profiles(ProcessInfo.processInfo.environment))
        let known = try catalogue.names.map { try catalogue.profile(named: $0) }
        let guess = try FileGuess(path: from, known: known, name: InitFiles.newProfile, answers: try givenAnswers())
        let sample = URL(fileURLWithPath: from).lastPathComponent
        let printer = InitPrinter(output: Output(.text), sample: sample)
        printer.print(guess)
        let wanted = try givenAnswers()["entity"]
        if let wanted, let found = guess.entity.value, found.rawValue != wanted {
            throw Diagnostic(
                "INIT-ENTITY", "the sample's columns are not enough for \(wanted)", at: .init(file: from),
                fix: "they are enough for \(found.rawValue); name the columns that \(wanted) needs, as in fields.sku: COLUMN")
        }
        guard let entity = guess.entity.value, EntityCatalogue.names.contains(entity.rawValue) else {
            throw Diagnostic(
                "INIT-ENTITY",
                guess.entity.value.map { "no flow can take \($0.rawValue)" }
                    ?? (self.entity.map { "the sample has not the columns for \($0)" } ?? "the sample does not say what it is for"),
                at: .init(file: from),
                fix: "answer the questions above, or choose with --entity one of: \(EntityCatalogue.names.joined(separator: ", "))")
        }
        let files = InitFiles(
            guess: guess, entity: entity, sample: sample, known: profiles.map { URL(fileURLWithPath: $0).standardizedFileURL.path })
        let written = try files.write(into: out)
        printer.end(written: written, settings: "\(out)/\(InitFiles.settings)")
    }

    /// The answers file's keys, nested ones joined by points, and `--entity` over all.
    private func givenAnswers() throws -> GuessAnswers {
        var values: [String: String] = [:]
        if let answers { Self.flatten(try SettingsFile.load(answers), below: "", into: &values) }
        if let entity { values["entity"] = entity }
        return GuessAnswers(values)
    }

    private static func flatten(_ node: SettingNode, below path: String, into values: inout [String: String]) {
        if let text = node.scalar { values[path] = text }
        for (key, child) in node.map ?? [] { flatten(child, below: path.isEmpty ? key : "\(path).\(key)", into: &values) }
    }
}
