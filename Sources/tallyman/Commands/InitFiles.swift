import Domain
import Formats
import Foundation

/// The files that `init` writes: commented settings with one flow, and a profile where it is new.
struct InitFiles {
    static let settings = "tallyman.yaml"
    static let newProfile = "site/sample"

    let guess: FileGuess
    let entity: GuessedEntity
    /// The sample's file name.
    let sample: String
    /// The folder of the known profiles, where it is not the installed one.
    let known: String?

    /// Writes all or nothing. Answers the paths. Throws `INIT-EXISTS` where a file is there already, `INIT-WRITE` where it cannot be written.
    func write(into folder: String) throws -> [String] {
        let files = [(Self.settings, yaml)] + profileFiles
        let paths = files.map { "\(folder)/\($0.0)" }
        if let taken = paths.first(where: { FileManager.default.fileExists(atPath: $0) }) {
            throw Diagnostic(
                "INIT-EXISTS", "the file is there already, and nothing was written", at: .init(file: taken),
                fix: "choose another folder with --out, or move the file away")
        }
        for (path, (_, text)) in zip(paths, files) {
            let parent = URL(fileURLWithPath: path).deletingLastPathComponent().path
            do {
                try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
                try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .withoutOverwriting)
            } catch {
                throw Diagnostic("INIT-WRITE", "the file cannot be written", at: .init(file: path), fix: "check the folder's rights and the disk")
            }
        }
        return paths
    }

    private var profileFiles: [(String, String)] {
        guard case .drafted(let draft) = guess.source else { return [] }
        return [(draft.structureFile, draft.structure), ("schema.json", draft.schema), ("profile.json", draft.profile)].map { name, text in
            ("profiles/\(Self.newProfile)/\(name)", text)
        }
    }

    private var isNew: Bool { if case .drafted = guess.source { true } else { false } }

    // MARK: The settings

    private var yaml: String {
        let folder = isNew ? "profiles" : known
        let profiles = folder.map { "profiles: \(Self.quoted($0))\n" } ?? ""
        return """
            # Proposed from \(Self.comment(sample)). Every option is explained in docs/settings.md.
            # Replace what is marked <- and check with: tallyman lint

            shop: shop                      # <- a short name, for reports
            timezone: Europe/London
            state: state                    # ledger, received files, reject files; on a local disk
            \(profiles)
            magento:
              url: https://shop.example     # <- up to but without /rest
              oauth1:                       # files of these names in tallyman.secrets/ beside this file, mode 0600
                consumer_key: {file: consumer_key}
                consumer_secret: {file: consumer_secret}
                access_token: {file: access_token}
                access_token_secret: {file: access_token_secret}

            endpoints:
              erp:
                sftp:
                  host: erp.example         # <-
                  user: tallyman            # <-
                  identity: {file: id_ed25519}
                  known_hosts: known_hosts  # <- the server's key, as ssh-keyscan and its owner give it

            flows:
              \(entity.rawValue):
                pull:
                  endpoint: erp
                  folder: out               # <- where the ERP drops the files
                  files: \(Self.quoted(pattern))
                  settle: 30s
                  then: leave
                # \(guess.profile.certainty.rawValue): \(Self.comment(guess.profile.evidence))
                profile: \(guess.profile.value.name)
                # Every plan waits for a person. Once they are as expected: automatic.
                approve: always
            \(group)

            """
    }

    /// Options that are shown though they are not demanded: a wrong basis makes every price wrong, and without groups no account is
    /// put into one.
    private static let shown = ["basis", "shop_basis", "groups"]

    /// The entity's own group: what it cannot do without, and what deserves a look.
    private var group: String {
        let indent = "    "
        if entity == .stock { return stockGroup.map { indent + $0 }.joined(separator: "\n") }
        let kind = EntityCatalogue.kinds.first { $0.name == entity.rawValue }
        let options = (kind?.options ?? []).filter { $0.isRequired || Self.shown.contains($0.name) }
        guard !options.isEmpty else { return "\(indent)\(entity.rawValue): {}" }
        let lines = options.flatMap { option in
            ["  # <- \(Self.comment(option.help))"] + self.lines(of: option).map { "  " + $0 }
        }
        return (["\(entity.rawValue):"] + lines).map { indent + $0 }.joined(separator: "\n")
    }

    private func lines(of option: OptionSpec) -> [String] {
        let codes = option.name == "groups" ? guess.preview.values(of: entity == .accounts ? "price_group" : "group") : []
        guard !codes.isEmpty else { return ["\(option.name): \(option.defaultText ?? option.example ?? "''")"] }
        return ["\(option.name):"] + codes.map { "  \(Self.quoted($0)): \(Self.quoted($0))" }
    }

    private var stockGroup: [String] {
        let codes = guess.preview.values(of: "warehouse")
        guard !codes.isEmpty else {
            return ["stock:", "  warehouses: {aggregate: {source: default}}   # one figure per product"]
        }
        let notSold = "those that are not sold online go from here into a list of their own: ignore: [CODE]"
        return ["stock:", "  # <- the Magento source of each warehouse; \(notSold)", "  warehouses:"]
            + codes.map { "    \(Self.quoted($0)): default" }
    }

    /// The sample's name with its numbers open: the date or sequence changes from file to file.
    private var pattern: String {
        var pattern = ""
        for character in sample {
            if character.isASCII, character.isNumber {
                if pattern.last != "*" { pattern.append("*") }
            } else {
                pattern.append(character)
            }
        }
        return pattern
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    private static func comment(_ text: String) -> String { Escaped(text, limit: 300).description }
}
