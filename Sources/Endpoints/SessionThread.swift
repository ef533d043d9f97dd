import Domain
import Foundation
import Glibc

/// A thread for one session: blocking calls must not hold a thread of the cooperative pool, and a C library's handles
/// must stay on one thread.
enum SessionThread {
    private static let stackSize = 4 << 20

    /// Runs `body` on a new thread and returns what it returns, when the thread has ended. `stop` is pulled when the calling
    /// task is cancelled.
    /// - Throws: `ENDPOINT-THREAD` (transient) where the machine has no thread left; otherwise what `body` throws.
    static func run<Value: Sendable>(
        named name: String,
        stop: SessionStop,
        _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        let (result, thread) = try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (ended: CheckedContinuation<(Result<Value, any Error>, pthread_t), any Error>) in
                do {
                    _ = try start(named: name) {
                        let result = Result { try body() }
                        ended.resume(returning: (result, pthread_self()))
                    }
                } catch { ended.resume(throwing: error) }
            }
        } onCancel: {
            stop.pull()
        }
        // The thread is about to exit; it is joined so that its own clean-up finishes first: if the process ends meanwhile, that clean-up in
        // libcrypto and that of the process free the same memory.
        pthread_join(thread, nil)
        return try result.get()
    }

    private final class Work: Sendable {
        let name: String
        let body: @Sendable () -> Void

        init(_ name: String, _ body: @escaping @Sendable () -> Void) { (self.name, self.body) = (name, body) }
    }

    /// The thread is to be joined by whoever learns of its end.
    /// - Throws: `ENDPOINT-THREAD`; then `body` is not run.
    static func start(named name: String, _ body: @escaping @Sendable () -> Void) throws(Diagnostic) -> pthread_t {
        let work = Unmanaged.passRetained(Work(name, body))
        var thread: pthread_t = 0
        let code = withUnsafeTemporaryAllocation(of: pthread_attr_t.self, capacity: 1) { room in
            guard let attributes = room.baseAddress else { return ENOMEM }
            pthread_attr_init(attributes)
            defer { pthread_attr_destroy(attributes) }
            pthread_attr_setstacksize(attributes, stackSize)
            return pthread_create(&thread, attributes, { @Sendable in SessionThread.perform($0) }, work.toOpaque())
        }
        if code == 0 { return thread }
        work.release()
        throw Diagnostic(
            "ENDPOINT-THREAD", "No thread could be started for a session: \(SystemError(code).text)",
            fix: "Raise the limit of tasks of the service (TasksMax, ulimit -u); tried again at the next run", kind: .transient
        )
    }

    private static func perform(_ work: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let work else { return nil }
        let taken = Unmanaged<Work>.fromOpaque(work).takeRetainedValue()
        Thread.current.name = taken.name
        taken.body()
        return nil
    }
}
