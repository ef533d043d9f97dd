import Domain
import Foundation

/// The profiles of one or more folders, of which an earlier one stands in front of a later one: each `<vendor>/<name>/` with a `profile.json` is one.
package struct ProfileCatalogue: Sendable {
    private let folders: [String]

    /// `folder` is `Schemas/profiles` of an installation.
    package init(folder: String) { folders = [folder] }

    /// The site's own folder first, then what came with the program.
    package init(folders: [String]) { self.folders = folders }

    /// Sorted: `adventureworks/product-inventory`, `generic/stock`, …
    package var names: [String] {
        let all = folders.flatMap { folder in
            Self.entries(folder).flatMap { vendor in
                Self.entries("\(folder)/\(vendor)").map { "\(vendor)/\($0)" }.filter { Self.contains($0, folder) }
            }
        }
        return Set(all).sorted()
    }

    /// Reads and checks the profile. Throws `PROFILE-UNKNOWN`, and whatever is wrong with its files.
    package func profile(named name: String) throws -> Profile {
        guard Self.isName(name), let folder = folders.first(where: { Self.contains(name, $0) }) else {
            let names = names
            guard !names.isEmpty else { throw Self.empty(folders.joined(separator: ", "), lacking: name) }
            let nearest = NearestWord.of(name, among: names).map { "did you mean \($0)?" }
            throw Diagnostic(
                "PROFILE-UNKNOWN",
                "there is no profile \(Escaped(name))",
                at: .init(file: folders.first ?? ""),
                fix: nearest ?? "known profiles: \(names.joined(separator: ", "))"
            )
        }
        return try Profile(name: name, folder: "\(folder)/\(name)")
    }

    /// A folder without profiles is never what was meant.
    static func empty(_ folder: String, lacking name: String) -> Diagnostic {
        Diagnostic(
            "PROFILE-UNKNOWN", "there is no profile \(Escaped(name)), because \(Escaped(folder, limit: 200)) holds none", at: .init(file: folder),
            fix: "take `profiles` out of the settings, or name a folder with VENDOR/NAME/profile.json in it; if the installed folder is empty, "
                + "install the package again")
    }

    private static func contains(_ name: String, _ folder: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(folder)/\(name)/profile.json")
    }

    /// `vendor/name`, and nothing that leads out of the folder.
    private static func isName(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty && !$0.hasPrefix(".") && !$0.utf8.contains(0) }
    }

    private static func entries(_ path: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).filter { !$0.hasPrefix(".") }
    }
}
