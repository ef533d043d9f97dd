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

    static func names(of set: String) throws -> [String] {
        try folder.map { try FileManager.default.contentsOfDirectory(atPath: $0.appendingPathComponent(set).path) } ?? []
    }

    /// - Parameter set: `transcripts`, or `transcripts-2` of the second shop.
    static func transcripts(of set: String = "transcripts") throws -> [Transcript] {
        guard let folder else { return [] }
        let directory = folder.appendingPathComponent(set)
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
        return try names.filter { $0.hasSuffix(".txt") }.compactMap { name in
            Transcript(name: String(name.dropLast(4)), bytes: Array(try Data(contentsOf: directory.appendingPathComponent(name))))
        }
        .sorted { ($0.time, $0.rank, $0.name) < ($1.time, $1.rank, $1.name) }
    }
}

extension Transcript {
    /// What the recorder did first within a second.
    fileprivate var rank: Int {
        // Of the second set: a bundle's order is looked at, shipped, and looked at again.
        if group == "bundle", name >= "bundle-11" || name.hasPrefix("bundle-08") { return 1 }
        if name.hasPrefix("bundle-03") || name.hasPrefix("bundle-04") { return 2 }
        return ["inv", "hold", "cancel", "ship", "refund"].firstIndex(of: group).map { $0 + 1 } ?? 0
    }
}
