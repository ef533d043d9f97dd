package import Domain
import GRDB

extension LedgerWriter {
    package func startRun(
        flow: String, delivery: Int64?, cause: String, undoing undone: Int64? = nil, at now: UTCInstant
    ) throws -> Run {
        try db.execute(
            sql: "INSERT INTO run (flow, delivery, cause, undoes, started, state) VALUES (?, ?, ?, ?, ?, 'planning')",
            arguments: [flow, delivery, cause, undone, now.milliseconds]
        )
        return Run(
            id: db.lastInsertedRowID, flow: flow, delivery: delivery, cause: cause, undoes: undone, started: now, ended: nil,
            attempts: 1, state: .planning, verdict: nil
        )
    }

    package func countAttempt(run: Int64) throws {
        try db.execute(sql: "UPDATE run SET attempts = attempts + 1 WHERE id = ?", arguments: [run])
    }

    /// An attempt that ended in good order does not count towards giving the file up.
    package func forgiveAttempt(run: Int64) throws {
        try db.execute(sql: "UPDATE run SET attempts = max(0, attempts - 1) WHERE id = ?", arguments: [run])
    }

    /// Moves a run on. Ending one asks the database whether its books balance; if not, this throws and nothing changes.
    package func set(run: Int64, to state: Run.State, verdict: String, at now: UTCInstant) throws {
        try db.execute(
            sql: "UPDATE run SET state = ?, verdict = ?, ended = ? WHERE id = ?",
            arguments: [state.rawValue, verdict, state.isOpen ? nil : now.milliseconds, run]
        )
    }

    /// Removes what an unfinished planning left behind, so that it can start from the file again.
    package func clearDraft(run: Int64) throws {
        try retireRecordNumbers()
        for table in ["answer", "change", "plan", "record_outcome", "outcome_range", "tally"] {
            try db.execute(sql: "DELETE FROM \(table) WHERE run = ?", arguments: [run])
        }
    }

    /// Removes the draft of one entity; those of the run's others stay.
    package func clearDraft(run: Int64, entity: String) throws {
        try retireRecordNumbers()
        for table in ["answer", "change", "plan", "record_outcome", "outcome_range", "tally"] {
            try db.execute(sql: "DELETE FROM \(table) WHERE run = ? AND entity = ?", arguments: [run, entity])
        }
    }
}

extension LedgerReader {
    package func run(_ id: Int64) throws -> Run? {
        try Row.fetchOne(db, sql: "SELECT * FROM run WHERE id = ?", arguments: [id]).flatMap(Run.init)
    }

    /// The first run of a delivery.
    package func run(ofDelivery id: Int64) throws -> Run? {
        try Row.fetchOne(
            db, sql: "SELECT * FROM run WHERE flow = (SELECT flow FROM delivery WHERE id = ?1) AND delivery = ?1 ORDER BY id LIMIT 1", arguments: [id]
        ).flatMap(Run.init)
    }

    /// Runs that are not at an end, oldest first.
    package func openRuns(flow: String? = nil) throws -> [Run] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT * FROM run WHERE state NOT IN ('finished', 'discarded', 'failed', 'previewed')
                AND (? IS NULL OR flow = ?) ORDER BY id
                """,
            arguments: [flow, flow]
        ).compactMap(Run.init)
    }

    /// The runs that put this one's values back: none, one for all of its entities, or one for some of them each.
    package func runs(undoing run: Int64) throws -> [Run] {
        try Row.fetchAll(db, sql: "SELECT * FROM run WHERE undoes = ? ORDER BY id", arguments: [run]).compactMap(Run.init)
    }

    /// The latest runs, newest first.
    package func recentRuns(flow: String? = nil, limit: Int) throws -> [Run] {
        try Row.fetchAll(
            db, sql: "SELECT * FROM run WHERE ? IS NULL OR flow = ? ORDER BY id DESC LIMIT ?",
            arguments: [flow, flow, limit]
        ).compactMap(Run.init)
    }
}

extension LedgerReader {
    /// Runs below `before`, newest first: a page of them.
    package func runs(flow: String?, state: Run.State?, before id: Int64, limit: Int) throws -> [Run] {
        let columns = "SELECT * FROM run WHERE id < ?1 AND (?3 IS NULL OR state = ?3)"
        // Each by the index that fits it.
        if let flow {
            return try Row.fetchAll(
                db, sql: columns + " AND flow = ?2 ORDER BY id DESC LIMIT ?4", arguments: [id, flow, state?.rawValue, limit]
            ).compactMap(Run.init)
        }
        return try Row.fetchAll(
            db, sql: columns + " AND ?2 IS NULL ORDER BY id DESC LIMIT ?4", arguments: [id, nil, state?.rawValue, limit]
        ).compactMap(Run.init)
    }
}

extension Run {
    init?(_ row: Row) {
        guard let state = State(rawValue: row["state"]) else { return nil }
        self.init(
            id: row["id"], flow: row["flow"], delivery: row["delivery"], cause: row["cause"], undoes: row["undoes"],
            started: UTCInstant(milliseconds: row["started"]),
            ended: (row["ended"] as Int64?).map { UTCInstant(milliseconds: $0) },
            attempts: row["attempts"], state: state, verdict: row["verdict"]
        )
    }
}
