import Foundation

/// Folders of data that come with the program: profiles, calendars, examples.
enum InstalledData {
    /// The program's own file, however it was called: by a path, by its name alone, or through a link.
    static let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path

    static func profiles(_ environment: [String: String]) -> String { environment["TALLYMAN_PROFILES"] ?? folder("profiles") }

    /// Where profiles are looked for, in order: the folder that is named, or `profiles` beside the settings, then what came with the program.
    static func profileFolders(own: String?, settings: String, _ environment: [String: String]) -> [String] {
        let beside = Settings.absolute(own ?? "profiles", beside: settings)
        var isFolder: ObjCBool = false
        let isThere = FileManager.default.fileExists(atPath: beside, isDirectory: &isFolder) && isFolder.boolValue
        return (own != nil || isThere ? [beside] : []) + [profiles(environment)].filter { $0 != beside }
    }

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
