import Domain

/// Runs work that a signal ends in order: what is on its way is settled, the rest is left to the next call.
enum OrderlyStop {
    static func around<Result: Sendable>(_ work: @escaping @Sendable () async throws -> Result) async throws -> Result {
        let signals = SignalOrders(reload: .none)
        // The handlers stay until the process has ended: a signal that comes when all is done would otherwise end it as if it were not.
        _ = Unmanaged.passRetained(signals)
        let task = Task { try await work() }
        let orders = signals.orders
        let listener = Task {
            for await _ in orders { task.cancel() }
        }
        defer { listener.cancel() }
        do {
            return try await task.value
        } catch is CancellationError {
            DiagnosticPrinter.print(
                .init("STOPPED", "stopped in order, as asked", fix: "nothing is lost: the next call goes on", kind: .transient)
            )
            throw ExitStatus.tryLater
        }
    }
}
