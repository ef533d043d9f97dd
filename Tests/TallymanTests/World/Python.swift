import Foundation

/// Asks Python, an implementation of another lineage.
enum Python {
    static let isPresent = FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")

    static func run(_ script: String, _ arguments: [String]) async throws -> String {
        try await Command.run(["/usr/bin/python3", "-c", script] + arguments)
    }
}
