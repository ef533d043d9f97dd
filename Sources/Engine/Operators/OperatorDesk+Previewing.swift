package import Domain
import Endpoints
import StateStore

/// What an order of a person would come to, looked at without giving it.
extension OperatorDesk {
    /// What a retry of the records would change, by the run that rejected them. Nothing is sent, and the records wait on.
    ///
    /// Throws what `retry` throws before it begins.
    package func previewRetry(
        _ ids: [Int64], of flow: Flow, progress: @escaping @Sendable (FlowEvent) -> Void = { _ in }
    ) async throws -> [RunReport] {
        try await runner.withLease(on: flow.name, waiting: FlowRunner.patienceOfPeople) { lease in
            var reports: [RunReport] = []
            for (run, errors) in try bundles(ids) {
                let made = try RetryDelivery(runner: runner, flow: flow, lease: lease).file(of: errors, run: run)
                reports.append(
                    try await runner.preview(
                        flow, file: made.spooled, name: made.name, modified: made.version, claim: nil, origin: .retry, lease, progress: progress))
            }
            return reports
        }
    }

    /// What the shop holds of a value, and what `resync` would give it. Throws what `resync` throws before it begins.
    package func previewResync(_ key: RecordKey, entity name: String, of flow: Flow) async throws -> (held: String, wanted: String) {
        let (entity, entry, held) = try await repeatable(key, entity: name, of: flow)
        return (entity.definition.describe(held), entity.definition.describe(entry.value))
    }
}
