import Domain
import Endpoints
import Engine
import Entities
import Formats

/// Settings of what a folder's files mean that contradict each other.
enum FolderContractChecks {
    static func problems(in flow: SettingNode, of name: String, _ profile: Profile) -> [Diagnostic] {
        manifest(flow, name) + empty(flow, name) + numbers(flow, name, profile)
    }

    /// What is nothing to do is held by no limit.
    private static func empty(_ flow: SettingNode, _ name: String) -> [Diagnostic] {
        guard let node = flow["empty_file"], node.scalar == Flow.EmptyFile.nothing.rawValue, let gate = flow["gates"]?["empty"] else { return [] }
        return [
            SettingConflicts.conflict(
                node, "empty_file: nothing of flow \(name)", "gates.empty", at: gate.location,
                "a file without a record is then never held: take one of them out")
        ]
    }

    /// An alarm for numbers that nobody reads would never come.
    private static func numbers(_ flow: SettingNode, _ name: String, _ profile: Profile) -> [Diagnostic] {
        guard let node = flow["gates"]?["sequence"], node.scalar == Gates.NumberSwitch.alarm.rawValue, !profile.numbersFiles else { return [] }
        return [
            SettingConflicts.conflict(
                node, "gates.sequence: alarm of flow \(name)", "profile \(profile.name), which names no number", at: nil,
                "say in the profile where the number is: \"sequence\": {\"source\": \"file_name\", \"pattern\": \"STOCK_{sequence}.csv\"}")
        ]
    }

    private static func manifest(_ flow: SettingNode, _ name: String) -> [Diagnostic] {
        guard let pull = flow["pull"], let manifest = pull["manifest"] else { return [] }
        return announcements(pull, manifest, name) + missing(flow, manifest, name) + names(pull, manifest, name)
    }

    /// A file is announced by one thing only.
    private static func announcements(_ pull: SettingNode, _ manifest: SettingNode, _ name: String) -> [Diagnostic] {
        guard let done = pull["done"] else { return [] }
        return [
            SettingConflicts.conflict(
                done, "done of flow \(name)", "its manifest", at: manifest.location,
                "a file is announced by a done file or by a manifest: take one of them out; a flow whose sets have one file each can use done")
        ]
    }

    /// Each file of a set is a part: what one leaves out another may have.
    private static func missing(_ flow: SettingNode, _ manifest: SettingNode, _ name: String) -> [Diagnostic] {
        EntityCatalogue.names.compactMap { entity in
            guard let node = flow[entity]?["missing"], let given = node.scalar, given != "unchanged" else { return nil }
            return SettingConflicts.conflict(
                node, "\(entity).missing: \(given) of flow \(name)", "manifest", at: manifest.location,
                "a file of a set says nothing of what another one of it holds: take missing out, or give each file a flow of its own with done")
        }
    }

    /// What matches both is a manifest, so that a pattern for files that manifests match only hides files.
    private static func names(_ pull: SettingNode, _ manifest: SettingNode, _ name: String) -> [Diagnostic] {
        guard let files = manifest["files"] else { return [] }
        let patterns = manifest.texts("files").map { GlobPattern($0) }
        let own = pull.texts("files")
        guard let swallowed = own.first(where: { pattern in patterns.contains { $0.matches(Array(pattern.utf8)) } }) else { return [] }
        return [
            SettingConflicts.conflict(
                files, "manifest.files of flow \(name)", "files", at: pull["files"]?.location, verb: "takes the same names as",
                "every file of \(Escaped(swallowed)) would be a manifest: give manifests a pattern of their own")
        ]
    }
}
