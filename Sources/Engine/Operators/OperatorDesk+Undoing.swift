package import Domain
package import StateStore

/// How a person takes back what a run did.
extension OperatorDesk {
    /// Puts back every value that a run changed, of the named entities or of all, and that is still live. Its records are told in a
    /// run of their own.
    ///
    /// An order of the console is carried out only where it does what was shown: where the numbers differ, it throws `CONSOLE-STALE`
    /// and nothing is done.
    package func rollback(
        _ id: Int64, entities chosen: Set<String>? = nil, of flow: Flow, by who: String, because reason: String = "",
        progress: @escaping @Sendable (FlowEvent) -> Void = { _ in }
    ) async throws -> RunReport {
        try await runner.withLease(on: flow.name, waiting: FlowRunner.patienceOfPeople) { lease in
            let (run, entities) = try runner.ledger.read { (try Self.undoable(id, $0), try Self.undoable(id, chosen, $0)) }
            return try await runner.undo(run, of: flow, entities: entities, by: Escaped(who).description, lease) { writer, undo, count in
                try proveSeen(count, of: id)
                let subject = "run \(id): \(entities.sorted().joined(separator: ", "))"
                try writer.audit("rollback", of: subject, by: who, detail: reason, at: runner.timeline.now(), digest: digest)
                try writer.note(makers: [who], of: undo.id)
                try noteDecided(run: undo.id, writer)
            } progress: {
                progress($0)
            }
        }
    }

    private func proveSeen(_ count: UndoCount, of id: Int64) throws {
        guard let order, order.seen != count.text else { return }
        throw Diagnostic(
            "CONSOLE-STALE", "taking run \(id) back is not what was shown any more: \(count)",
            fix: "look at the run as it is now, and order it again; nothing was done")
    }

    /// What `rollback` would do, change by change; nothing is done. `visit` is called in the order of the changes.
    package func previewRollback(
        _ id: Int64, entity: String? = nil, definitions: [any EntityDefinition], _ visit: (UndoStep) throws -> Void
    ) throws {
        try runner.ledger.read { reader in
            try Self.previewRollback(id, entities: entity.map { [$0] }, definitions: definitions, reader, visit)
        }
    }

    /// The same for whoever reads already.
    package static func previewRollback(
        _ id: Int64, entities chosen: Set<String>?, definitions: [any EntityDefinition], _ reader: LedgerReader, _ visit: (UndoStep) throws -> Void
    ) throws {
        let (run, entities) = (try undoable(id, reader), try undoable(id, chosen, reader))
        for plan in try reader.plans(run: run.id) where entities.contains(plan.entity) {
            guard let definition = definitions.first(where: { $0.name == plan.entity }) else { continue }
            var last: Int64 = 0
            while case let page = try reader.appliedChanges(run: run.id, entity: plan.entity, after: last, limit: 1000), let end = page.last {
                last = end.change.id
                for planned in page { try visit(try UndoStep(planned, entity: plan.entity, definition, reader)) }
            }
        }
    }

    /// The entities that can be taken back of a run. Throws where there are none, with the reason.
    package static func undoableEntities(of id: Int64, _ reader: LedgerReader) throws -> Set<String> {
        _ = try undoable(id, reader)
        return try undoable(id, nil, reader)
    }

    private static func undoable(_ id: Int64, _ reader: LedgerReader) throws -> Run {
        guard let run = try reader.run(id) else {
            throw Diagnostic("RUN-UNKNOWN", "there is no run \(id)", fix: "`tallyman runs` lists them")
        }
        guard run.state == .finished || run.state == .scheduled || run.state == .held || run.state == .waiting else {
            throw Diagnostic(
                "RUN-NOT-APPLIED", "run \(id) is \(run.state.rawValue): \(run.verdict ?? "")",
                fix: "only what was applied can be taken back; `tallyman show \(id)` tells how it stands"
            )
        }
        return run
    }

    /// The entities of the run that changed something and were not taken back yet.
    private static func undoable(_ id: Int64, _ chosen: Set<String>?, _ reader: LedgerReader) throws -> Set<String> {
        let applied = try reader.tallies(run: id).filter { $0.tally[.applied] > 0 && (chosen?.contains($0.entity) ?? true) }
        guard !applied.isEmpty else {
            throw Diagnostic(
                "RUN-NOT-APPLIED",
                "run \(id) has changed nothing in the shop\(chosen.map { " of \(Escaped($0.sorted().joined(separator: ", ")))" } ?? "")",
                fix: "there is nothing to take back; a held plan is discarded: `tallyman discard \(id)`"
            )
        }
        let undos = try reader.runs(undoing: id)
        let undone = Set(try undos.flatMap { try reader.plans(run: $0.id).map(\.entity) })
        let rest = Set(applied.map(\.entity)).subtracting(undone)
        guard !rest.isEmpty else {
            throw Diagnostic(
                "RUN-UNDONE", "run \(id) was taken back already, by run \(undos.last?.id ?? 0)",
                fix: "`tallyman show \(undos.last?.id ?? 0)` tells how that ended"
            )
        }
        return rest
    }
}
