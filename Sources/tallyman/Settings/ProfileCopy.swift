import Crypto
import Domain
import Formats
import Foundation

/// A profile of one's own that began as a copy: what it was copied from, and whether the original has moved on since (decision 0123).
struct ProfileCopy: Codable {
    private static let file = "copied_from.json"

    /// The original's name.
    var profile: String
    /// The SHA-256 of the original's files, as they were.
    var content: String

    /// Copies a profile into a folder of one's own. Throws `PROFILE-UNKNOWN`, `INIT-EXISTS` and `INIT-WRITE`.
    static func make(of name: String, as own: String, from shipped: String, into folder: String) throws -> String {
        let original = "\(shipped)/\(name)"
        guard let content = digest(original) else {
            let names = ProfileCatalogue(folder: shipped).names + OutputProfile.names(in: shipped)
            throw Diagnostic(
                "PROFILE-UNKNOWN", "there is no profile \(Escaped(name))", at: .init(file: shipped),
                fix: NearestWord.hint(name, among: names, otherwise: "known: \(names.joined(separator: ", "))"))
        }
        let target = "\(folder)/\(own)"
        guard !FileManager.default.fileExists(atPath: target) else {
            throw Diagnostic(
                "INIT-EXISTS", "the profile is there already, and nothing was written", at: .init(file: target),
                fix: "choose another name with --as, or move it away")
        }
        do {
            try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
            // File by file: a folder is copied with its owner, which fails for everybody but root after all was written.
            for name in try FileManager.default.contentsOfDirectory(atPath: original) where !name.hasPrefix(".") {
                try FileManager.default.copyItem(atPath: "\(original)/\(name)", toPath: "\(target)/\(name)")
            }
            try ProfileCopy(profile: name, content: content).bytes().write(to: URL(fileURLWithPath: "\(target)/\(file)"))
        } catch {
            throw Diagnostic(
                "INIT-WRITE", "the profile cannot be copied: \(error.localizedDescription)", at: .init(file: target),
                fix: "check the folder's rights and the disk")
        }
        return target
    }

    /// Name and content of the file that says what a copy was copied from; `nil` where there is no such original.
    static func provenance(of name: String, in shipped: String) -> (String, String)? {
        guard let content = digest("\(shipped)/\(name)"), let bytes = try? ProfileCopy(profile: name, content: content).bytes() else { return nil }
        return (file, String(decoding: bytes, as: UTF8.self))
    }

    private func bytes() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self) + Data([10])
    }

    /// What there is to say of the own profiles that a shop's flows use.
    static func notes(on settings: Settings) -> [String] {
        guard settings.profileFolders.count > 1, let shipped = settings.profileFolders.last else { return [] }
        let used = Set(settings.flowNames.compactMap { try? settings.flow($0).text("profile") }.compactMap { $0 })
        return used.sorted().compactMap { name in
            let own = settings.profileFolders.dropLast().map { "\($0)/\(name)" }.first { FileManager.default.fileExists(atPath: $0) }
            guard let own else { return nil }
            guard let data = FileManager.default.contents(atPath: "\(own)/\(file)"), let copy = try? JSONDecoder().decode(Self.self, from: data)
            else {
                return FileManager.default.fileExists(atPath: "\(shipped)/\(name)")
                    ? "profile \(name) is your own, in \(own), and stands in front of the one that came with the program" : nil
            }
            guard let present = digest("\(shipped)/\(copy.profile)") else {
                return "profile \(name) was copied from \(copy.profile), which does not come with the program any more"
            }
            guard present != copy.content else { return nil }
            return "profile \(name) was copied from \(copy.profile), which has changed since; compare them: diff -r \(shipped)/\(copy.profile) \(own)"
        }
    }

    /// `nil` where there is no profile.
    private static func digest(_ folder: String) -> String? {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0 != file && !$0.hasPrefix(".") }.sorted()
        guard names.contains("profile.json") || names.contains("output.json") else { return nil }
        var hash = SHA256()
        for name in names {
            hash.update(data: Data("\(name)\n".utf8))
            hash.update(data: FileManager.default.contents(atPath: "\(folder)/\(name)") ?? Data())
        }
        return Hex.string(hash.finalize())
    }
}
