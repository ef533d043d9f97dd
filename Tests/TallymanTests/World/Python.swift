import Foundation
import TestKit

/// Asks Python, an implementation of another lineage, on a thread that no test waits for.
enum Python {
    static let isPresent = FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")

    static func run(_ script: String, _ arguments: [String]) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(
                    with: Swift.Result { try ChildProcess.run(["/usr/bin/python3", "-c", script] + arguments) })
            }
        }
    }
}
