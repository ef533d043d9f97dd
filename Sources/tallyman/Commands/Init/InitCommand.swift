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
            and what it is unsure of. At a terminal it asks; elsewhere answers come from a YAML file, by the keys of the questions, and
            shop, url, host, port, user, folder and host_key for what no file tells. Nothing is ever overwritten.
            --add-to adds a flow to settings that are there and changes no other line of them.
            --example copies an example with settings and files of an ERP into a folder of its name: docs/quickstart.md plays one.
            --copy makes a profile of your own from a shipped one.
            """ + "\n\n" + Examples.of("init")
    )

    @Option(help: "A sample of the ERP's file.", completion: .file()) var from: String?
    @Option(help: "A complete example to copy: \(ExampleFiles().names.joined(separator: ", ")).", completion: .list(ExampleFiles().names))
    var example: String?
    @Option(help: "A shipped profile to make a copy of, in profiles/ beside the settings.", completion: Suggestions.profiles) var copy: String?
    @Option(name: .customLong("as"), help: "With --copy: the copy's name; site/ and the original's last part unless given.") var own: String?
    @Option(help: "A YAML file with answers, by the keys of the questions.", completion: .file()) var answers: String?
    @Option(help: "What the flow is for: stock, prices and so on. The sample decides unless given.") var entity: String?
    @Option(help: "Settings that the flow is added to, instead of writing new ones.", completion: Suggestions.settingsFiles) var addTo: String?
    @Option(help: "With --add-to: the flow's name; what it is for unless given.") var flow: String?
    @Option(help: "The folder to write into. This one for a sample, one of its name for an example.") var out: String?
    @Option(help: "A folder with profiles of your own, in front of the shipped ones.") var profiles: String?
    @Flag(help: "With --from: print the files that would be written; write none.") var dryRun = false
    @Flag(inversion: .prefixedNo, help: "Ask the questions, one after the other. At a terminal it does unless answers are given.") var ask: Bool?

    func run() throws {
        guard [from, example, copy].count(where: { $0 != nil }) == 1 else {
            throw ValidationError(
                "give one of --from SAMPLE, a file of the ERP, --example NAME (\(ExampleFiles().names.joined(separator: ", "))) and --copy PROFILE")
        }
        guard flow == nil || addTo != nil else { throw ValidationError("--flow names a flow that is added with --add-to") }
        guard !dryRun || from != nil else { throw ValidationError("--dry-run shows what --from would write") }
        guard own == nil || copy != nil else { throw ValidationError("--as names a copy that is made with --copy") }
        if let example { return try write(example: example) }
        if let copy { return try write(copyOf: copy) }
        try propose(from: from ?? "")
    }

    private func write(example: String) throws {
        let target = out ?? example
        try ExampleFiles().copy(example, to: target)
        let samples = FileManager.default.fileExists(atPath: "\(target)/samples") ? ", with files to try it in \(target)/samples" : ""
        Output(.text).line("written: \(target)/\(InitFiles.settings)\(samples)")
    }

    private func write(copyOf name: String) throws {
        let folder = profiles ?? "\(out.map { "\($0)/" } ?? "")profiles"
        let own = own ?? "site/\(name.split(separator: "/").last ?? "copy")"
        let shipped = InstalledData.profiles(ProcessInfo.processInfo.environment)
        Output(.text).line("written: \(try ProfileCopy.make(of: name, as: own, from: shipped, into: folder)); use it as profile: \(own)")
    }

    private func propose(from: String) throws {
        let environment = ProcessInfo.processInfo.environment
        let target = try addTo.map { try Settings(path: $0, environment: environment) }
        let folders = target?.profileFolders ?? [profiles, InstalledData.profiles(environment)].compactMap { $0 }
        let catalogue = ProfileCatalogue(folders: folders)
        let known = try catalogue.names.map { try catalogue.profile(named: $0) }
        let sample = URL(fileURLWithPath: from).lastPathComponent
        let printer = InitPrinter(output: Output(.text), sample: sample)
        let new = InitFiles.newProfile(beside: target, named: flow)

        var given = try givenAnswers()
        var guess = try FileGuess(path: from, known: known, name: new, answers: GuessAnswers(given))
        printer.print(guess)
        let conversation = InitConversation(isWanted: ask ?? (answers == nil && InitConversation.isPossible))
        if conversation.answer(guess.questions, into: &given) {
            guess = try FileGuess(path: from, known: known, name: new, answers: GuessAnswers(given))
            printer.print(guess)
        }
        let final = GuessAnswers(given)
        _ = try FileGuess(path: from, known: known, name: new, answers: final)
        let entity = try entity(of: guess, final["entity"], from)
        let files = InitFiles(
            guess: guess, entity: entity, sample: sample, known: profiles.map { URL(fileURLWithPath: $0).standardizedFileURL.path }, newProfile: new,
            places: try conversation.places(final, isNew: target == nil))
        try final.proveUsed(guess.questions.map(\.key))
        if dryRun {
            for (path, text) in try target.map({ try files.proposed(for: $0, named: flow) }) ?? files.proposed(in: out ?? ".") {
                Output(.text).line("--- \(path)\n\(text)")
            }
            return Output(.text).line("nothing was written")
        }
        if let target {
            let written = try files.add(to: target, named: flow)
            printer.end(written: written, settings: target.path)
        } else {
            let out = out ?? "."
            printer.end(written: try files.write(into: out), settings: "\(out)/\(InitFiles.settings)")
        }
    }

    private func entity(of guess: FileGuess, _ wanted: String?, _ from: String) throws -> GuessedEntity {
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
        return entity
    }

    /// The answers file's keys, nested ones joined by points, and `--entity` over all.
    private func givenAnswers() throws -> [String: String] {
        var values: [String: String] = [:]
        if let answers { Self.flatten(try SettingsFile.load(answers), below: "", into: &values) }
        if let entity { values["entity"] = entity }
        return values
    }

    private static func flatten(_ node: SettingNode, below path: String, into values: inout [String: String]) {
        if let text = node.scalar { values[path] = text }
        for (key, child) in node.map ?? [] { flatten(child, below: path.isEmpty ? key : "\(path).\(key)", into: &values) }
    }
}
