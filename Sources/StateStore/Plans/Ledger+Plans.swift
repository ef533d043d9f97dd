package import Domain
import Foundation
import GRDB

extension LedgerWriter {
    /// Opens a plan to draft into. The tally must exist.
    package func openPlan(run: Int64, entity: String, mode: FileMode, version: UTCInstant) throws {
        try db.execute(
            sql: """
                INSERT INTO plan (run, entity, mode, version, state, summary, findings)
                VALUES (?, ?, ?, ?, 'drafting', '{}', '[]')
                """,
            arguments: [run, entity, mode.rawValue, version.milliseconds]
        )
    }

    /// Adds changes to an open plan, in this order. Throws where there is no such plan.
    package func add(_ drafts: [ChangeDraft], run: Int64, entity: String, version: UTCInstant) throws {
        try add(ChangeDrafts(drafts), run: run, entity: entity, version: version)
    }

    /// As above.
    ///
    /// - Parameter urgency: where they stand in the run's order, whatever was added before; `nil`: behind everything that is there.
    package func add(_ drafts: ChangeDrafts, run: Int64, entity: String, version: UTCInstant, urgency: ChangeUrgency? = nil) throws {
        guard !drafts.isEmpty else { return }
        let insert = try RawStatement(
            db,
            """
            INSERT INTO change (id, run, entity, version, key_hash, key, before, after, evidence, records, origins, silent, due)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        )
        insert.bind(run, at: 2)
        insert.bind(entity, at: 3)
        insert.bind(version.milliseconds, at: 4)
        let first = try urgency.map { try nextChange(in: ChangeNumbers.of(run: run, $0), adding: drafts.count) } ?? nextChange()
        try drafts.bytes.withUnsafeBytes { bytes in
            defer { insert.release([6, 7, 8, 9, 11]) }
            for (id, row) in zip(first..., drafts.rows) {
                insert.bind(id, at: 1)
                insert.bind(row.keyHash, at: 5)
                insert.lend(bytes[row.key], at: 6)
                if row.hasBefore { insert.lend(bytes[row.before], at: 7) } else { insert.bind(nil as Int64?, at: 7) }
                insert.lend(bytes[row.after], at: 8)
                insert.lend(text: bytes[row.evidence], at: 9)
                insert.bind(row.records, at: 10)
                insert.lend(bytes[row.origins], at: 11)
                insert.bind(row.reach == .memory ? 1 : 0, at: 12)
                insert.bind(row.due?.milliseconds, at: 13)
                try insert.run()
            }
        }
        try db.cachedStatement(
            sql: """
                UPDATE plan SET first_change = min(coalesce(first_change, ?1), ?1), last_change = max(coalesce(last_change, ?2), ?2)
                WHERE run = ?3 AND entity = ?4
                """
        ).execute(arguments: [first, first + Int64(drafts.count) - 1, run, entity])
        guard db.changesCount == 1 else {
            throw Diagnostic(
                "BOOKS-UNBALANCED", "run \(run) has no plan of \(entity) that changes could be added to",
                fix: "nothing was written; this is a fault of the program: report it"
            )
        }
    }

    /// A number is never given twice, not even that of a forgotten change: its answer may still be there.
    private func nextChange() throws -> Int64 {
        let sql = "SELECT max(coalesce((SELECT max(id) FROM change), 0), coalesce((SELECT last FROM answer ORDER BY first DESC LIMIT 1), 0))"
        return try (Int64.fetchOne(db.cachedStatement(sql: sql)) ?? 0) + 1
    }

    private func nextChange(in numbers: ClosedRange<Int64>, adding count: Int) throws -> Int64 {
        let sql = """
            SELECT max(?1 - 1, coalesce((SELECT max(id) FROM change WHERE id BETWEEN ?1 AND ?2), 0),
              coalesce((SELECT last FROM answer WHERE first BETWEEN ?1 AND ?2 ORDER BY first DESC LIMIT 1), 0))
            """
        let next = try (Int64.fetchOne(db.cachedStatement(sql: sql), arguments: [numbers.lowerBound, numbers.upperBound]) ?? 0) + 1
        guard next + Int64(count) - 1 <= numbers.upperBound else {
            throw Diagnostic(
                "BOOKS-UNBALANCED", "one run has more changes than there are numbers for it (\(numbers.count))",
                fix: "nothing was sent; split the file")
        }
        return next
    }

    /// Closes the draft: from here on the plan is only decided about and applied, never changed.
    package func sealPlan(run: Int64, entity: String, summary: PlanSummary, findings: [GateFinding]) throws {
        try db.execute(
            sql: "UPDATE plan SET state = ?, summary = ?, findings = ? WHERE run = ? AND entity = ?",
            arguments: [
                (findings.isEmpty ? Plan.State.sealed : .held).rawValue, try PlanText.encode(summary),
                try PlanText.encode(findings), run, entity,
            ]
        )
    }

    /// Holds a plan that is being carried out, with one more finding.
    package func hold(plan run: Int64, entity: String, _ finding: GateFinding) throws {
        guard let plan = try reader.plans(run: run).first(where: { $0.entity == entity }) else { return }
        let findings = plan.findings.filter { $0.gate != finding.gate } + [finding]
        try db.execute(
            sql: "UPDATE plan SET state = ?, findings = ? WHERE run = ? AND entity = ?",
            arguments: [Plan.State.held.rawValue, try PlanText.encode(findings), run, entity])
    }

    /// Moves the plans of a run on; `old` or `entity` narrow which.
    package func set(
        plan run: Int64, entity: String? = nil, from old: Plan.State? = nil, to state: Plan.State, by who: String? = nil
    ) throws {
        try db.execute(
            sql: """
                UPDATE plan SET state = ?, decided_by = coalesce(?, decided_by)
                WHERE run = ? AND (? IS NULL OR entity = ?) AND (? IS NULL OR state = ?)
                """,
            arguments: [state.rawValue, who, run, entity, entity, old?.rawValue, old?.rawValue]
        )
    }
}

extension LedgerReader {
    /// Whether the shop refused a change of the run's plan when it was sent.
    package func hasRefusedChanges(run: Int64, entity: String) throws -> Bool {
        try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM planned_change WHERE run = ? AND entity = ? AND outcome = 'rejected')",
            arguments: [run, entity]) ?? false
    }

    /// The numbers behind `id` between which the changes of a run, or of one plan of it, stand. Those of other runs may stand among
    /// them. Reading by number needs no index that each change would have to be entered in.
    func span(run: Int64, entity: String? = nil, after id: Int64 = 0) throws -> (first: Int64, last: Int64) {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: "SELECT max(?3 + 1, min(first_change)), max(last_change) FROM plan WHERE run = ?1 AND (?2 IS NULL OR entity = ?2)"),
            arguments: [run, entity, id]
        )
        guard let row, let first = row[0] as Int64?, let last = row[1] as Int64? else { return (1, 0) }
        return (first, last)
    }

    package func plans(run: Int64) throws -> [Plan] {
        try Row.fetchAll(db, sql: "SELECT * FROM plan WHERE run = ? ORDER BY entity", arguments: [run]).compactMap { row in
            guard let mode = FileMode(rawValue: row["mode"]), let state = Plan.State(rawValue: row["state"]) else {
                return nil
            }
            return Plan(
                run: row["run"], entity: row["entity"], mode: mode, version: UTCInstant(milliseconds: row["version"]),
                state: state, summary: try PlanText.summary(row["summary"]), findings: try PlanText.findings(row["findings"]),
                decidedBy: row["decided_by"]
            )
        }
    }

    /// A page of a plan's changes in order, for previews.
    package func changes(run: Int64, after id: Int64 = 0, limit: Int) throws -> [PlannedChange] {
        let span = try span(run: run, after: id)
        return try Row.fetchAll(
            db, sql: "SELECT * FROM planned_change WHERE id BETWEEN ? AND ? AND +run = ? AND silent = 0 ORDER BY id LIMIT ?",
            arguments: [span.first, span.last, run, limit]
        ).map(PlannedChange.init)
    }

    /// A page of what a run's plan of one entity did to the shop, in order.
    package func appliedChanges(run: Int64, entity: String, after id: Int64, limit: Int) throws -> [PlannedChange] {
        let span = try span(run: run, entity: entity, after: id)
        return try Row.fetchAll(
            db,
            sql: """
                SELECT * FROM planned_change WHERE id BETWEEN ? AND ? AND +run = ? AND entity = ? AND outcome = 'applied' AND silent = 0
                ORDER BY id LIMIT ?
                """,
            arguments: [span.first, span.last, run, entity, limit]
        ).map(PlannedChange.init)
    }

    /// What a run did first to a key.
    package func firstApplied(run: Int64, entity: String, key: RecordKey) throws -> Change? {
        try Row.fetchOne(
            db,
            sql: """
                SELECT * FROM planned_change WHERE key_hash = ? AND run = ? AND entity = ? AND key = ? AND outcome = 'applied'
                ORDER BY id LIMIT 1
                """,
            arguments: [KeyHash.of(key.bytes[...]), run, entity, Data(key.bytes)]
        ).map { try PlannedChange($0).change }
    }

    /// The changes of a plan that may be sent by `now`, in order.
    package func sendable(run: Int64, entity: String, now: UTCInstant, limit: Int) throws -> [(id: Int64, key: RecordKey)] {
        let span = try span(run: run, entity: entity)
        return try Row.fetchAll(
            db,
            sql: """
                SELECT id, key FROM planned_change WHERE id BETWEEN ? AND ? AND +run = ? AND entity = ? AND outcome = 'deferred'
                AND silent = 0 AND (due IS NULL OR due <= ?) ORDER BY id LIMIT ?
                """,
            arguments: [span.first, span.last, run, entity, now.milliseconds, limit]
        ).map { (id: $0["id"], key: RecordKey($0["key"] as Data)) }
    }

    /// Where the records behind a change stand in their file.
    package func origins(of change: Int64) throws -> [RecordOrigin] {
        let encoded = try Data.fetchOne(db.cachedStatement(sql: "SELECT origins FROM change WHERE id = ?"), arguments: [change])
        return try encoded.map { try RecordOrigin.decode(Array($0)) } ?? []
    }

    package func change(_ id: Int64) throws -> PlannedChange? {
        try Row.fetchOne(db, sql: "SELECT * FROM planned_change WHERE id = ?", arguments: [id]).map(PlannedChange.init)
    }

    /// Every change of a key, newest first.
    package func changes(entity: String, key: RecordKey, limit: Int) throws -> [PlannedChange] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT c.* FROM run r CROSS JOIN planned_change c ON c.run = r.id AND c.key_hash = ? AND c.entity = ? AND c.key = ?
                ORDER BY c.id DESC LIMIT ?
                """,
            arguments: [KeyHash.of(key.bytes[...]), entity, Data(key.bytes), limit]
        ).map(PlannedChange.init)
    }
}

/// A change as the ledger keeps it, with where it came from and what became of it.
package struct PlannedChange: Hashable, Sendable {
    package var change: Change
    package var run: Int64
    package var entity: String
    package var evidence: String
    package var origins: [RecordOrigin]
    package var outcome: Outcome
    package var proof: String?
    package var answered: UTCInstant?
    package var due: UTCInstant?

    init(_ row: Row) throws {
        change = Change(
            id: row["id"], key: RecordKey(row["key"] as Data), before: (row["before"] as Data?).map { Array($0) },
            after: Array(row["after"] as Data), version: UTCInstant(milliseconds: row["version"])
        )
        run = row["run"]
        entity = row["entity"]
        evidence = row["evidence"]
        origins = try RecordOrigin.decode(Array(row["origins"] as Data))
        outcome = Outcome(rawValue: row["outcome"]) ?? .deferred
        proof = row["proof"]
        answered = (row["answered"] as Int64?).map { UTCInstant(milliseconds: $0) }
        due = (row["due"] as Int64?).map { UTCInstant(milliseconds: $0) }
    }
}
