import Foundation
import TestKit

/// Programs of the machine, run on a thread that no test waits for: the sandbox answers on the threads that tests run on.
enum Command {
    /// - Throws: `ChildProcess.Failure` with the output where the program does not end with 0.
    @discardableResult
    static func run(_ arguments: [String]) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Swift.Result { try ChildProcess.run(arguments) })
            }
        }
    }
}
