import Foundation

/// The project's own folders and the shared corpora beside it, found from this file's place.
enum ProjectFolder {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path()
    static let profiles = root + "Schemas/profiles"
    static let fixtures = root + "Fixtures/formats"
    static let shared = root + "../shared"

    static func hasShared(_ path: String) -> Bool { FileManager.default.fileExists(atPath: "\(shared)/\(path)") }

    static func sharedFiles(_ folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "\(shared)/\(folder)")) ?? []).sorted()
    }

    /// The names in a folder, sorted; none where there is no such folder.
    static func entries(_ folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { !$0.hasPrefix(".") }.sorted()
    }

    /// The sample of a profile: `input.*` in its fixture folder or in one below it. `nil` where there is none.
    static func fixtureInput(_ profile: String) -> String? {
        let folder = root + "Fixtures/profiles/" + profile
        for place in [folder] + entries(folder).map({ "\(folder)/\($0)" }) {
            if let name = entries(place).first(where: { $0.hasPrefix("input.") }) { return "\(place)/\(name)" }
        }
        return nil
    }

    static func bytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path))) }
}
