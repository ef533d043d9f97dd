import Foundation

/// Folders of data that come with the program: profiles, calendars, examples.
enum InstalledData {
    /// The program's own file, however it was called: by a path, by its name alone, or through a link.
    static let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path

    static func profiles(_ environment: [String: String]) -> String { environment["TALLYMAN_PROFILES"] ?? folder("profiles") }

    /// Beside the program in a checkout, or where the package puts it.
    static func folder(_ name: String) -> String {
        var folder = URL(fileURLWithPath: program).deletingLastPathComponent()
        for _ in 0..<6 {
            let candidate = folder.appendingPathComponent("Schemas/\(name)").path
            if FileManager.default.fileExists(atPath: candidate) { return candidate }
            folder.deleteLastPathComponent()
        }
        return "/usr/share/tallyman/\(name)"
    }
}
