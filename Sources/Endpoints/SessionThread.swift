import Foundation

/// A thread for one session: blocking calls must not hold a thread of the cooperative pool, and a C library's handles
/// must stay on one thread.
enum SessionThread {
    /// Runs `body` on a new thread and returns what it returns. `stop` is pulled when the calling task is cancelled.
    static func run<Value: Sendable>(
        named name: String,
        stop: SessionStop,
        _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let thread = Thread {
                    continuation.resume(with: Result { try body() })
                }
                thread.name = name
                thread.stackSize = 4 << 20
                thread.start()
            }
        } onCancel: {
            stop.pull()
        }
    }
}
