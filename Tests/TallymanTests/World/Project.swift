import Foundation

/// The project's own folder and the shared corpora beside it, found from this file's place.
enum Project {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path
    static let shared = "\(folder)/../shared"
    static let adventureWorks = "\(shared)/data/adventureworks/ProductInventory.csv"
}
