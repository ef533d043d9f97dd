import Domain
import StateStore

extension FlowRunner {
    /// Puts back what a run changed of `entities`. The flow's next plans of these wait for a person.
    func undo(
        _ run: Run, of flow: Flow, entities: Set<String>, by who: String, _ lease: LeaseKeeper,
        alongside: (LedgerWriter, Run, UndoCount) throws -> Void = { _, _, _ in }, progress: @escaping @Sendable (FlowEvent) -> Void
    ) async throws -> RunReport {
        let now = timeline.now()
        let undo = try ledger.write(as: lease) { writer in
            let cause = "run \(run.id) is taken back by \(who)"
            let (undo, count) = try Undoing(run: run, flow: flow, entities: entities, cause: cause).draft(writer, now: now)
            let text = "run \(run.id) was taken back by \(who); approve once the file is right"
            for entity in entities { try writer.lock(flow: flow.name, entity: entity, because: text, at: now) }
            if run.state.isOpen, run.state != .applying, try writer.reader.tallies(run: run.id).allSatisfy({ $0.tally[.deferred] == 0 }) {
                try writer.set(run: run.id, to: .discarded, verdict: "taken back by run \(undo.id)", at: now)
            }
            try alongside(writer, undo, count)
            return undo
        }
        return try await apply(undo, of: flow, lease, progress: progress)
    }
}
