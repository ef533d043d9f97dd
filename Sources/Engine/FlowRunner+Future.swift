import Domain
import StateStore

/// A file that was dated ahead of this machine's clock is held. It is planned again by itself when the clock has reached its time, as
/// where the clock was years behind and has been set right.
extension FlowRunner {
    private static func memory(_ run: Int64) -> String { "future.\(run)" }

    /// Remembers what the held file says of its time, in the transaction that seals its plan.
    static func noteFuture(_ dated: UTCInstant, run: Int64, flow: String, _ writer: LedgerWriter) throws {
        try writer.remember(flow: flow, name: memory(run), value: String(dated.milliseconds))
    }

    /// Whether two files say that they are of the same moment, ahead of this machine's clock.
    static func areOfOneMoment(_ one: Run, _ other: Run, flow: String, _ reader: LedgerReader) throws -> Bool {
        guard let moment = try reader.memory(flow: flow, name: memory(one.id)) else { return false }
        return try reader.memory(flow: flow, name: memory(other.id)) == moment
    }

    /// `nil` where the run is held for anything else, or its time has not come.
    func replan(
        _ run: Run, of flow: Flow, _ lease: LeaseKeeper, progress: @escaping @Sendable (FlowEvent) -> Void
    ) async throws -> RunReport? {
        let (dated, findings, delivery) = try ledger.read { reader in
            (
                try reader.memory(flow: flow.name, name: Self.memory(run.id)).flatMap { Int64($0) }.map { UTCInstant(milliseconds: $0) },
                try reader.plans(run: run.id).filter { $0.state == .held }.flatMap(\.findings),
                try run.delivery.flatMap { try reader.delivery($0) }
            )
        }
        let tolerance = flow.entities.map(\.gates.future).min() ?? .zero
        guard let dated, let delivery, dated.since(timeline.now()) <= tolerance, findings.allSatisfy({ $0.gate == Gates.futureGate }) else {
            return nil
        }
        try ledger.write(as: lease) { writer in
            try writer.clearDraft(run: run.id)
            try writer.set(run: run.id, to: .planning, verdict: "its time has come: planned again", at: timeline.now())
        }
        return try await plan(run, delivery, of: flow, lease, progress: progress)
    }
}
