import Domain
import Formats
import Foundation

/// The files that `init` writes: commented settings with one flow, and a profile where it is new.
struct InitFiles {
    static let settings = "tallyman.yaml"

    let guess: FileGuess
    let entity: GuessedEntity
    /// The sample's file name.
    let sample: String
    /// The folder of the known profiles, where it is not the installed one.
    let known: String?
    /// The name of a profile that has to be written.
    let newProfile: String
    var places = InitPlaces()

    /// A name that no profile has yet.
    static func newProfile(beside settings: Settings?, named flow: String?) -> String {
        let taken = settings.map { Set(ProfileCatalogue(folders: $0.profileFolders).names) } ?? []
        let base = "site/\(flow ?? "sample")"
        return ([base] + (2...99).map { "\(base)-\($0)" }).first { !taken.contains($0) } ?? base
    }

    /// Adds the flow to settings that are there, and the profile where it is new. Answers the paths. All or nothing.
    func add(to settings: Settings, named flow: String?) throws -> [String] {
        let files = try proposed(for: settings, named: flow)
        let written = try write(Array(files.dropFirst()))
        try SettingsInsertion(path: settings.path, root: settings.root).replace(with: files[0].text)
        return [settings.path] + written
    }

    /// What `add` writes: the settings first.
    func proposed(for settings: Settings, named flow: String?) throws -> [(path: String, text: String)] {
        let name = flow ?? entity.rawValue
        guard !settings.flowNames.contains(name) else {
            throw Diagnostic(
                "INIT-FLOW", "the settings have a flow \(Escaped(name)) already", at: .init(file: settings.path),
                fix: "choose another name: --flow NAME")
        }
        let endpoint = (settings.root["endpoints"]?.map ?? []).first?.key ?? "erp"
        let text = try SettingsInsertion(path: settings.path, root: settings.root).adding(flow: name, flowLines(endpoint: endpoint))
        let own = settings.root.text("profiles").map { Settings.absolute($0, beside: settings.path) } ?? "\(settings.folder)/profiles"
        return [(settings.path, text)] + profileFiles.map { ("\(own)/\($0.0)", $0.1) }
    }

    /// Writes all or nothing. Answers the paths. Throws `INIT-EXISTS` where a file is there already, `INIT-WRITE` where it cannot be written.
    func write(into folder: String) throws -> [String] { try write(proposed(in: folder)) }

    func proposed(in folder: String) -> [(path: String, text: String)] {
        [("\(folder)/\(Self.settings)", yaml)] + profileFiles.map { ("\(folder)/profiles/\($0.0)", $0.1) }
    }

    private func write(_ files: [(path: String, text: String)]) throws -> [String] {
        let paths = files.map(\.path)
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

    /// By their paths below the folder of profiles.
    private var profileFiles: [(String, String)] {
        guard case .drafted(let draft) = guess.source else { return copiedFiles }
        return [(draft.structureFile, draft.structure), ("schema.json", draft.schema), ("profile.json", draft.profile)].map { name, text in
            ("\(newProfile)/\(name)", text)
        }
    }

    /// A known profile with the trailer that it lacks, as one's own.
    private var copiedFiles: [(String, String)] {
        guard !guess.trailer.isEmpty else { return [] }
        let shipped = InstalledData.profiles(ProcessInfo.processInfo.environment)
        let original = "\(shipped)/\(guess.profile.value.name)"
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: original)) ?? []).filter { $0.hasSuffix(".json") }.sorted()
        return names.compactMap { name in
            guard var text = try? String(contentsOfFile: "\(original)/\(name)", encoding: .utf8) else { return nil }
            if name == "profile.json", let start = text.firstIndex(of: "{") {
                let members = guess.trailer.map { "\"\($0.name)\": \($0.value)" }.joined(separator: ", ")
                text.insert(contentsOf: "\n  \"trailer\": {\(members)},", at: text.index(after: start))
            }
            return ("\(newProfile)/\(name)", text)
        } + (ProfileCopy.provenance(of: guess.profile.value.name, in: shipped).map { [("\(newProfile)/\($0.0)", $0.1)] } ?? [])
    }

    private var isNew: Bool { !profileFiles.isEmpty }
    private var profileName: String { isNew ? newProfile : guess.profile.value.name }

    // MARK: The settings

    private var yaml: String {
        let folder = isNew ? "profiles" : known
        let profiles = folder.map { "profiles: \(Self.quoted($0))\n" } ?? ""
        return """
            # Proposed from \(Self.comment(sample)). Every option is explained in docs/settings.md.
            # Replace what is marked <- and check with: tallyman lint

            shop: \(Self.padded(places.shop, 25))# <- a short name, for reports
            timezone: Europe/London
            state: state                    # ledger, received files, reject files; on a local disk
            \(profiles)
            magento:
              url: \(Self.padded(places.url, 25))# <- up to but without /rest
              oauth1:                       # files of these names in tallyman.secrets/ beside this file, mode 0600
                consumer_key: {file: consumer_key}
                consumer_secret: {file: consumer_secret}
                access_token: {file: access_token}
                access_token_secret: {file: access_token_secret}

            endpoints:
              erp:
                sftp:
                  host: \(Self.padded(places.host, 20))# <-
                  user: \(Self.padded(places.user, 20))# <-
                  identity: {file: id_ed25519}
                  \(serverLines)

            flows:
            \(flowText)

            """
    }

    /// Below the server's name and account; the port only where it is not the usual one.
    private var serverLines: String {
        ([hostKey] + (places.port == 22 ? [] : ["port: \(places.port)"])
            + (places.needsOpenSSH ? ["transport: openssh  # the server has an RSA key only"] : []))
            .joined(separator: "\n      ")
    }

    private var hostKey: String {
        places.hostKey.map { "host_keys: [\"\($0)\"]" } ?? "known_hosts: known_hosts  # <- the server's key, as ssh-keyscan and its owner give it"
    }

    private static func padded(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(1, width - text.count)) }

    private var flowText: String {
        (["\(entity.rawValue):"] + flowLines(endpoint: "erp").map { $0.isEmpty ? "" : "  \($0)" }).map { $0.isEmpty ? "" : "  \($0)" }.joined(
            separator: "\n")
    }

    /// The flow's settings below its name, without indentation.
    private func flowLines(endpoint: String) -> [String] {
        [
            "pull:", "  endpoint: \(endpoint)", "  folder: \(Self.padded(places.folder, 18))# <- where the ERP drops the files",
            "  files: \(Self.quoted(pattern))", "  settle: 30s", "  then: leave",
            "# \(guess.profile.certainty.rawValue): \(Self.comment(guess.profile.evidence))", "profile: \(profileName)",
            "# Every plan waits for a person. Once they are as expected: automatic.", "approve: always",
        ] + groupLines
    }

    /// Options that are shown though they are not demanded: a wrong basis makes every price wrong, and without groups no account is
    /// put into one.
    private static let shown = ["basis", "shop_basis", "groups"]

    /// The entity's own group: what it cannot do without, and what deserves a look.
    private var groupLines: [String] {
        if entity == .stock { return stockGroup }
        let kind = EntityCatalogue.kinds.first { $0.name == entity.rawValue }
        let options = (kind?.options ?? []).filter { $0.isRequired || Self.shown.contains($0.name) }
        guard !options.isEmpty else { return ["\(entity.rawValue): {}"] }
        let lines = options.flatMap { option in
            ["  # <- \(Self.comment(option.help))"] + self.lines(of: option).map { "  " + $0 }
        }
        return ["\(entity.rawValue):"] + lines
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
