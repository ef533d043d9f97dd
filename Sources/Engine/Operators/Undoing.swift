package import Domain
package import StateStore

/// The plan that puts back what a run changed: each value of before, guarded against everything that came after.
///
/// It is a run like any other, with the same records: sent in batches, resumed after a crash, balanced. What holds a newer
/// value, in our books or in the shop, keeps it.
struct Undoing {
    private static let pageSize = 1000

    let run: Run
    let flow: Flow
    let entities: Set<String>
    let cause: String

    /// Drafts the plan in the caller's transaction, ready to be applied, and drops the run's values that wait for a later day.
    func draft(_ writer: LedgerWriter, now: UTCInstant) throws -> Run {
        let undo = try writer.startRun(flow: flow.name, delivery: run.delivery, cause: cause, undoing: run.id, at: now)
        for plan in try writer.reader.plans(run: run.id) where entities.contains(plan.entity) {
            guard let entity = flow.entities.first(where: { $0.definition.name == plan.entity }) else { continue }
            try writer.settleRest(of: run.id, entity: plan.entity, as: .superseded, because: cause, now: now)
            try writer.set(tally: Tally(), run: undo.id, entity: plan.entity)
            try writer.openPlan(run: undo.id, entity: plan.entity, mode: .delta, version: plan.version)
            var draft = Draft(undo: undo.id, plan: plan, definition: entity.definition)
            var last: Int64 = 0
            while true {
                let page = try writer.reader.appliedChanges(
                    run: run.id, entity: plan.entity, after: last, limit: Self.pageSize
                )
                guard let highest = page.last?.change.id else { break }
                last = highest
                for planned in page { try draft.add(planned, writer) }
            }
            try writer.set(tally: draft.tally, run: undo.id, entity: plan.entity)
            try writer.sealPlan(run: undo.id, entity: plan.entity, summary: draft.summary, findings: [])
            try writer.set(plan: run.id, entity: plan.entity, to: .discarded)
        }
        try writer.set(run: undo.id, to: .approved, verdict: cause, at: now)
        var approved = undo
        approved.state = .approved
        return approved
    }
}

/// One entity's share of an undo.
private struct Draft {
    let undo: Int64
    let plan: Plan
    let definition: any EntityDefinition
    var tally = Tally()
    var summary = PlanSummary()

    mutating func add(_ planned: PlannedChange, _ writer: LedgerWriter) throws {
        summary.keys += 1
        summary.records += planned.origins.count
        tally.read += planned.origins.count
        let step = try UndoStep(planned, entity: plan.entity, definition, writer.reader)
        guard let restored = step.restored else { return try keep(planned, step.reason, writer) }
        summary.updates += 1
        tally[.deferred] += planned.origins.count
        let draft = ChangeDraft(
            key: planned.change.key, keyHash: KeyHash.of(planned.change.key.bytes[...]), before: planned.change.after,
            after: restored, evidence: "as before run \(planned.run)", origins: planned.origins, reach: .shop
        )
        try writer.add([draft], run: undo, entity: plan.entity, version: max(plan.version, step.version))
    }

    private mutating func keep(_ planned: PlannedChange, _ text: String, _ writer: LedgerWriter) throws {
        summary.superseded += planned.origins.count
        tally[.superseded] += planned.origins.count
        let reason = RejectReason("UNDO-KEPT", text, fix: "Nothing to do, unless the value in the shop is not the right one")
        for origin in planned.origins {
            try writer.add(
                RecordVerdict(outcome: .superseded, origin: origin, key: planned.change.key, reason: reason, original: nil),
                run: undo, entity: plan.entity
            )
        }
    }
}

/// What taking a run back means for one of its changes.
package struct UndoStep: Sendable {
    package var entity: String
    package var planned: PlannedChange
    /// The value that is put back; `nil` where the present one stays.
    package var restored: EncodedValue?
    /// Why the present one stays.
    package var reason = ""
    /// Of the value that is live.
    var version: UTCInstant

    init(_ planned: PlannedChange, entity: String, _ definition: any EntityDefinition, _ reader: LedgerReader) throws {
        self.entity = entity
        self.planned = planned
        let held = try reader.mirror(entity: entity, key: planned.change.key)
        version = held?.version ?? planned.change.version
        guard held?.change == planned.change.id else {
            reason = "a newer value is live and stays"
            return
        }
        var first = planned.change
        if planned.due != nil {
            // The key may have taken several dated values in this run; what counts is how it was before the first.
            first.before = try reader.firstApplied(run: planned.run, entity: entity, key: first.key)?.before
        }
        restored = definition.restored(from: first)
        if restored == nil { reason = "nothing is known of the value before, so it stays as it is" }
    }
}
