/// What stands before a call that cannot be taken back: it proves that the work is still ours directly before the call, and
/// cuts the call off once that can no longer be proved.
///
/// It is found by where the work runs, not handed from call to call: whoever holds a lease sets it for everything done under that
/// lease, and each way out of the process asks for it. Without one, calls go out freely: a look by hand, a test.
package protocol CallGuard: Sendable {
    /// Throws `LEASE-LOST` or `LEASE-STALE`; then nothing may be begun.
    func proveNow() throws

    /// Has `cut` called once, as soon as the proof has run out while the call is under way. Answers how to say that it is over.
    func watch(_ cut: @escaping @Sendable () -> Void) -> @Sendable () -> Void
}

/// Where the guard of the work at hand is found.
package enum GuardedWork {
    @TaskLocal package static var callGuard: (any CallGuard)?
}

extension CallGuard {
    /// Begins `call` only with the proof at hand, and cancels it when the proof runs out. Whether it was cut tells `wasCut`, not
    /// an error: what an interrupted call means is for the caller to say.
    package func around<Value: Sendable>(
        _ call: @escaping @Sendable () async throws -> Value
    ) async throws -> (result: Result<Value, any Error>, wasCut: Bool) {
        try proveNow()
        return await CutLine.around { line in
            let end = self.watch { line.cut() }
            defer { end() }
            return try await call()
        }
    }
}

/// A line to work under way by which it can be cancelled from anywhere.
package final class CutLine: Sendable {
    private let orders: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    private init() { (orders, continuation) = AsyncStream.makeStream() }

    package func cut() { continuation.yield() }

    private enum Event<Value: Sendable>: Sendable {
        case ended(Result<Value, any Error>)
        case cut
        case idle
    }

    /// Does the work as part of the calling task, and cancels it when the line is cut.
    package static func around<Value: Sendable>(
        _ work: @escaping @Sendable (CutLine) async throws -> Value
    ) async -> (result: Result<Value, any Error>, wasCut: Bool) {
        let line = CutLine()
        return await withTaskGroup(of: Event<Value>.self) { group in
            group.addTask {
                do { return .ended(.success(try await work(line))) } catch { return .ended(.failure(error)) }
            }
            group.addTask {
                for await _ in line.orders { return .cut }
                return .idle
            }
            var wasCut = false
            while let event = await group.next() {
                switch event {
                case .ended(let result):
                    group.cancelAll()
                    return (result, wasCut)
                case .cut:
                    wasCut = true
                    group.cancelAll()
                case .idle: continue
                }
            }
            return (.failure(CancellationError()), wasCut)
        }
    }
}
