import Domain
import StateStore

extension FlowRunner {
    /// Counts what the time of the run goes into while `body` works on it. It is written down with the next step of the run that is.
    func clocked<Result>(_ run: Run, _ body: () async throws -> Result) async throws -> Result {
        guard RunClock.current?.run != run.id else { return try await body() }
        return try await RunClock.$current.withValue(RunClock(run: run.id, timeline), operation: body)
    }
}

extension LedgerWriter {
    /// Writes down what the time of the run went into since this was done last.
    func noteTimes(of run: Int64) throws {
        guard let clock = RunClock.current, clock.run == run else { return }
        try add(times: clock.take(), run: run)
    }
}
