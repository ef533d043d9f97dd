import Foundation

/// The exchanges recorded from a live shop, where they are at hand.
enum SharedRecordings {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Beside the project, or beside the folder it is checked out into.
    static let folder: URL? = {
        let candidates = [root.appendingPathComponent("../shared/magento"), root.appendingPathComponent("../../shared/magento")]
        return candidates.map(\.standardizedFileURL).first {
            FileManager.default.fileExists(atPath: $0.appendingPathComponent("transcripts").path)
        }
    }()

    static let areAtHand = folder != nil

    static func transcripts() throws -> [Transcript] {
        guard let folder else { return [] }
        let directory = folder.appendingPathComponent("transcripts")
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
        return try names.filter { $0.hasSuffix(".txt") }.compactMap { name in
            Transcript(name: String(name.dropLast(4)), bytes: Array(try Data(contentsOf: directory.appendingPathComponent(name))))
        }
        .sorted { ($0.time, $0.rank, $0.name) < ($1.time, $1.rank, $1.name) }
    }
}

extension Transcript {
    /// What the recorder did first within a second.
    fileprivate var rank: Int { ["inv", "hold", "cancel", "ship", "refund"].firstIndex(of: group).map { $0 + 1 } ?? 0 }
}
