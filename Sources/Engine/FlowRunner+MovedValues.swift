import Domain
import StateStore

/// A plan that waited, for a person or for the shop, may find another value than the one that it was compared with: another flow or an older file
/// wrote it, or goods moved. It is not sent then, since a value can hold parts that others tell of. The same file is planned once more, so that it
/// has the last word all the same (reliability A5).
extension FlowRunner {
    static let renewalCause = "values changed while it waited"

    /// In the transaction that ends the run.
    func renewal(of run: Run, _ writer: LedgerWriter) throws -> Run? {
        guard run.undoes == nil, let delivery = run.delivery, try writer.reader.hasMovedValues(run: run.id) else { return nil }
        return try writer.startRun(flow: run.flow, delivery: delivery, cause: Self.renewalCause, at: timeline.now())
    }

    /// Plans again what `renewal` began just now; where the process dies before, the next one resumes it as any run.
    func renewMoved(
        _ flow: Flow, _ lease: LeaseKeeper, into report: inout FlowReport, progress: @escaping @Sendable (FlowEvent) -> Void
    ) async throws {
        for run in try ledger.read({ try $0.openRuns(flow: flow.name) }) where run.state == .planning && run.cause == Self.renewalCause {
            guard let id = run.delivery, let delivery = try ledger.read({ try $0.delivery(id) }) else { continue }
            report.runs.append(try await plan(run, delivery, of: flow, lease, progress: progress))
        }
    }
}
