import Domain
import Endpoints
import Entities
import Formats
import Foundation

/// Settings of which one silently overrules another. Each is refused, with both places named.
enum SettingConflicts {
    /// What a flow and its profile say of the same thing in different ways.
    static func problems(in flow: SettingNode, of name: String, _ profile: Profile) -> [Diagnostic] {
        mode(flow, name, profile) + missing(flow, name, profile) + zone(flow, name, profile) + doneFile(flow, name, profile) + settle(flow, name)
            + FolderContractChecks.problems(in: flow, of: name, profile)
    }

    private static func mode(_ flow: SettingNode, _ name: String, _ profile: Profile) -> [Diagnostic] {
        guard let node = flow["mode"], let given = node.scalar, let declared = profile.declaredMode, given != declared.rawValue else { return [] }
        return [
            conflict(
                node, "mode \(given) of flow \(name)", "mode \(declared.rawValue) of profile \(profile.name)", at: profile.place(of: "mode"),
                "the profile's counts: take mode out of the flow, or choose a profile for \(given) files")
        ]
    }

    /// A file of changes leaves nothing out that could be missing.
    private static func missing(_ flow: SettingNode, _ name: String, _ profile: Profile) -> [Diagnostic] {
        guard !profile.statesModeInFile else { return [] }
        let flowMode = flow["mode"]?.scalar.flatMap { FileMode(rawValue: $0) }
        guard (profile.declaredMode ?? flowMode ?? .full) == .delta else { return [] }
        return EntityCatalogue.names.compactMap { entity in
            guard let node = flow[entity]?["missing"], let given = node.scalar, given != "unchanged" else { return nil }
            let place = profile.declaredMode == nil ? flow["mode"]?.location : profile.place(of: "mode")
            return conflict(
                node, "\(entity).missing: \(given) of flow \(name)", "mode delta", at: place,
                "a file of changes says nothing of what it leaves out: take missing out, or give the flow full files")
        }
    }

    private static func zone(_ flow: SettingNode, _ name: String, _ profile: Profile) -> [Diagnostic] {
        guard let node = flow["timezone"], let given = node.scalar, let own = profile.timeZone, given != own else { return [] }
        return [
            conflict(
                node, "timezone \(given) of flow \(name)", "timezone \(own) of profile \(profile.name)", at: profile.place(of: "timezone"),
                "the profile's counts: take one of them out")
        ]
    }

    private static func doneFile(_ flow: SettingNode, _ name: String, _ profile: Profile) -> [Diagnostic] {
        guard let pull = flow["pull"], let wanted = profile.completeness.doneFile else { return [] }
        let given = pull["done"]
        guard given?.scalar != wanted else { return [] }
        let flows = given.map { "done: \(Escaped($0.scalar ?? "")) of flow \(name)" } ?? "flow \(name), which waits for no done file,"
        return [
            conflict(
                given ?? pull, flows, "complete.done_file \(wanted) of profile \(profile.name)", at: profile.place(of: "complete.done_file"),
                "write done: \"\(wanted)\" under pull, or change the profile")
        ]
    }

    private static func settle(_ flow: SettingNode, _ name: String) -> [Diagnostic] {
        guard let settle = flow["pull"]?["settle"], let done = flow["pull"]?["done"] else { return [] }
        return [
            conflict(
                settle, "settle of flow \(name)", "its done file", at: done.location,
                "a file whose done file is there is taken at once: take settle out")
        ]
    }

    // MARK: Flows

    /// Two flows that would take the same file: what one of them moves away the other never sees.
    static func sharedFiles(in root: SettingNode) -> [Diagnostic] {
        var problems: [Diagnostic] = []
        var earlier: [(name: String, place: String, patterns: [GlobPattern], node: SettingNode)] = []
        for (name, flow) in root["flows"]?.map ?? [] {
            guard let pull = flow["pull"], let files = pull["files"], let place = folder(pull, root) else { continue }
            let patterns = pull.texts("files").map { GlobPattern($0) }
            for other in earlier where other.place == place {
                let shared = patterns.lazy.compactMap { own in other.patterns.lazy.compactMap { own.nameShared(with: $0) }.first }.first
                guard let shared else { continue }
                problems.append(
                    conflict(
                        files, "flow \(name)", "flow \(other.name)", at: other.node.location, verb: "takes the same files as",
                        "both would take \(Escaped(shared)): give each flow files or a folder of its own, or feed everything from one flow"))
            }
            earlier.append((name, place, patterns, files))
        }
        return problems + manifestsAsFiles(root) + archivedAgain(root) + sharedNames(root)
    }

    /// A manifest of one flow that another one would read as a file.
    private static func manifestsAsFiles(_ root: SettingNode) -> [Diagnostic] {
        let flows = (root["flows"]?.map ?? []).compactMap { name, flow in flow["pull"].map { (name: name, pull: $0) } }
        return flows.flatMap { name, pull -> [Diagnostic] in
            guard let manifest = pull["manifest"]?["files"], let place = folder(pull, root) else { return [] }
            let patterns = pull["manifest"]?.texts("files") ?? []
            return flows.compactMap { other, taker in
                guard other != name, let files = taker["files"], folder(taker, root) == place else { return nil }
                let own = (taker["manifest"]?.texts("files") ?? []).map { GlobPattern($0) }
                let shared = patterns.lazy.compactMap { pattern in
                    taker.texts("files").lazy.compactMap { GlobPattern(pattern).nameShared(with: GlobPattern($0)) }.first { name in
                        !own.contains { $0.matches(Array(name.utf8)) }
                    }
                }.first
                return shared.map {
                    conflict(
                        files, "flow \(other)", "the manifests of flow \(name)", at: manifest.location, verb: "takes as files",
                        "it would read \(Escaped($0)): give it files or a folder of its own, or the same manifest")
                }
            }
        }
    }

    /// Files that are moved where a flow, or this one itself, takes files from: they would be read once more, as new ones.
    private static func archivedAgain(_ root: SettingNode) -> [Diagnostic] {
        let flows = root["flows"]?.map ?? []
        return flows.flatMap { name, flow -> [Diagnostic] in
            guard let pull = flow["pull"], let then = pull["then"], let move = then["move"], let folder = move.scalar,
                let target = place(endpoint: pull.text("endpoint"), folder: folder, root)
            else { return [] }
            return flows.compactMap { other, taker in
                guard let node = taker["pull"], let files = node["files"], Self.folder(node, root) == target else { return nil }
                // A stamp stands inside the name, and a pattern may allow it or not.
                let isStamped = then.text("name") == AfterReading.ArchiveNaming.stamped.rawValue
                let taken = node.texts("files").map { GlobPattern($0) }
                let isTaken = isStamped || pull.texts("files").contains { own in taken.contains { GlobPattern(own).nameShared(with: $0) != nil } }
                guard isTaken else { return nil }
                return conflict(
                    move, "flow \(name)", "the files of flow \(other)", at: files.location, verb: "moves what it has read among",
                    "it would be read again: move it into a folder that no flow reads; one flow can feed several entities from one file")
            }
        }
    }

    /// Two flows that would write under one name.
    private static func sharedNames(_ root: SettingNode) -> [Diagnostic] {
        var problems: [Diagnostic] = []
        var earlier: [(flow: String, place: String, name: String, node: SettingNode)] = []
        for (flow, node) in root["flows"]?.map ?? [] {
            guard let push = node["push"], let name = push["name"], let text = name.scalar, let place = folder(push, root) else { continue }
            if let other = earlier.first(where: { $0.place == place && $0.name == text.lowercased() }) {
                problems.append(
                    conflict(
                        name, "flow \(flow)", "flow \(other.flow)", at: other.node.location, verb: "writes the same names as",
                        "each flow counts its files by itself: give each a name or a folder of its own"))
            }
            earlier.append((flow, place, text.lowercased(), name))
        }
        return problems
    }

    /// The folder that a pull or push means, whatever its endpoint is called; `nil` where the settings do not tell.
    private static func folder(_ node: SettingNode, _ root: SettingNode) -> String? {
        guard let folder = node.text("folder") else { return nil }
        return place(endpoint: node.text("endpoint"), folder: folder, root)
    }

    private static func place(endpoint name: String?, folder: String, _ root: SettingNode) -> String? {
        guard let name, let endpoint = root["endpoints"]?[name] else { return nil }
        if let base = endpoint["local"]?.text("root") {
            return "local " + URL(fileURLWithPath: "\(base)/\(folder)").standardizedFileURL.path
        }
        guard let sftp = endpoint["sftp"], let host = sftp.text("host") else { return nil }
        let parts = folder.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
        let start = folder.hasPrefix("/") ? "/" : "\(sftp.text("user") ?? "") "
        return "sftp \(host.lowercased()) \(sftp.text("port") ?? "22") \(start)\(parts)"
    }

    static func conflict(
        _ node: SettingNode, _ one: String, _ other: String, at place: Diagnostic.Location?, verb: String = "contradicts", _ fix: String
    ) -> Diagnostic {
        let second = place.map { " (\($0.file)\($0.line.map { ":\($0)" } ?? ""))" } ?? ""
        return Diagnostic("SETTINGS-CONFLICT", "\(one) \(verb) \(other)\(second)", at: node.location, fix: fix)
    }
}

extension EntityContext {
    /// The profile's policy for several records of one key, as the entity has it; `standard` where the profile says nothing.
    ///
    /// Throws `SETTINGS-CONFLICT` for one that the entity does not have: another in its place would change what a file means.
    func duplicates<Policy: RawRepresentable & CaseIterable>(of entity: String, default standard: Policy) throws -> Policy
    where Policy.RawValue == String {
        guard let stated = profile.statedDuplicateKeys else { return standard }
        if let policy = Policy(rawValue: stated.rawValue) { return policy }
        let words = Policy.allCases.map(\.rawValue).joined(separator: ", ")
        throw SettingConflicts.conflict(
            group, "\(entity)", "duplicate_keys \(stated.rawValue) of profile \(profile.name)", at: profile.place(of: "duplicate_keys"),
            verb: "cannot follow", "write one of these in the profile: \(words)")
    }
}

/// What happens to several rows of one document of the ERP, and to several states of one order: nothing else makes sense of them.
enum DocumentDuplicates: String, CaseIterable { case sum }
enum StateDuplicates: String, CaseIterable { case last }
