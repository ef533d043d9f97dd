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
    func draft(_ writer: LedgerWriter, now: UTCInstant) throws -> (run: Run, count: UndoCount) {
        let undo = try writer.startRun(flow: flow.name, delivery: run.delivery, cause: cause, undoing: run.id, at: now)
        var count = UndoCount()
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
            count.add(draft.count)
            try writer.set(tally: draft.tally, run: undo.id, entity: plan.entity)
            try writer.sealPlan(run: undo.id, entity: plan.entity, summary: draft.summary, findings: [])
            try writer.set(plan: run.id, entity: plan.entity, to: .discarded)
        }
        try writer.set(run: undo.id, to: .approved, verdict: cause, at: now)
        var approved = undo
        approved.state = .approved
        return (approved, count)
    }
}

/// One entity's share of an undo.
private struct Draft {
    let undo: Int64
    let plan: Plan
    let definition: any EntityDefinition
    var tally = Tally()
    var summary = PlanSummary()
    var count = UndoCount()

    mutating func add(_ planned: PlannedChange, _ writer: LedgerWriter) throws {
        summary.keys += 1
        summary.records += planned.origins.count
        tally.read += planned.origins.count
        let step = try UndoStep(planned, entity: plan.entity, definition, writer.reader)
        count.add(step)
        guard let restored = step.restored else { return try keep(planned, step, writer) }
        summary.updates += 1
        tally[.deferred] += planned.origins.count
        let draft = ChangeDraft(
            key: planned.change.key, keyHash: KeyHash.of(planned.change.key.bytes[...]), before: planned.change.after,
            after: restored, evidence: "as before run \(planned.run)", origins: planned.origins, reach: .shop
        )
        try writer.add([draft], run: undo, entity: plan.entity, version: max(plan.version, step.version))
    }

    private mutating func keep(_ planned: PlannedChange, _ step: UndoStep, _ writer: LedgerWriter) throws {
        summary.superseded += planned.origins.count
        tally[.superseded] += planned.origins.count
        let reason = RejectReason(
            step.stays == .unknown ? "UNDO-UNKNOWN" : "UNDO-KEPT", step.reason,
            fix: "Nothing to do, unless the value in the shop is not the right one")
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
    package var stays: Stays?

    package enum Stays: String, Sendable {
        /// A later run, or somebody in the shop, has put another one there.
        case newer = "a newer value is live and stays"
        case unknown = "nothing is known of the value before, so it stays as it is"
    }

    package var reason: String { stays?.rawValue ?? "" }
    /// Of the value that is live.
    var version: UTCInstant

    init(_ planned: PlannedChange, entity: String, _ definition: any EntityDefinition, _ reader: LedgerReader) throws {
        self.entity = entity
        self.planned = planned
        let held = try reader.mirror(entity: entity, key: planned.change.key)
        version = held?.version ?? planned.change.version
        guard held?.change == planned.change.id else {
            stays = .newer
            return
        }
        var first = planned.change
        if planned.due != nil {
            // The key may have taken several dated values in this run; what counts is how it was before the first.
            first.before = try reader.firstApplied(run: planned.run, entity: entity, key: first.key)?.before
        }
        restored = definition.restored(from: first)
        if restored == nil { stays = .unknown }
    }
}

/// What taking a run back comes to, in records of the file, as the books of the undoing run count them.
package struct UndoCount: Hashable, Sendable, CustomStringConvertible {
    /// Go back to the value of before.
    package var returned = 0
    /// Keep a newer value.
    package var newer = 0
    /// Nothing is known of before; they keep what they have.
    package var unknown = 0

    package init() {}

    package mutating func add(_ step: UndoStep) {
        switch step.stays {
        case nil: returned += step.planned.origins.count
        case .newer: newer += step.planned.origins.count
        case .unknown: unknown += step.planned.origins.count
        }
    }

    package mutating func add(_ other: UndoCount) {
        returned += other.returned
        newer += other.newer
        unknown += other.unknown
    }

    /// What a person saw, for an order.
    package var text: String { "\(returned)/\(newer)/\(unknown)" }

    package var description: String { "\(returned) return to what they were, \(newer) keep a newer value, \(unknown) have no value before and stay" }
}

extension LedgerReader {
    /// What came of a run that takes another one back, in the same numbers as its preview.
    package func undoCount(run: Int64) throws -> UndoCount {
        var count = UndoCount()
        for (_, tally) in try tallies(run: run) {
            count.returned += tally[.applied] + tally[.deferred] + tally[.unchanged]
            count.newer += tally[.superseded] + tally[.rejected]
        }
        count.unknown = try outcomeCount(run: run, .superseded, code: "UNDO-UNKNOWN")
        count.newer -= count.unknown
        return count
    }
}
