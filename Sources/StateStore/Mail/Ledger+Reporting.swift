package import Domain
import GRDB

extension LedgerWriter {
    /// Notes what was decided about telling of a run, with its mail if there is one. `false` where that was decided before:
    /// then nothing is written.
    package func decide(_ note: RunNote, mail: OutboxMail?) throws -> Bool {
        try db.execute(
            sql: "INSERT OR IGNORE INTO run_report (run, state, severity, likeness, decided) VALUES (?, ?, ?, ?, ?)",
            arguments: [note.run, note.state.rawValue, note.severity, note.likeness, note.decided.milliseconds]
        )
        guard db.changesCount == 1 else { return false }
        guard let mail else { return true }
        let id = try enqueue(mail, at: note.decided)
        try db.execute(
            sql: "UPDATE run_report SET mail = ? WHERE run = ? AND state = ?", arguments: [id, note.run, note.state.rawValue])
        return true
    }
}

extension LedgerReader {
    /// Runs that came to rest since `moment` in a state that nothing was decided about yet, oldest first.
    package func runsToReport(since moment: UTCInstant, limit: Int = 100) throws -> [Run] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT * FROM run WHERE state IN ('held', 'waiting', 'scheduled', 'finished', 'discarded', 'failed')
                  AND coalesce(ended, started) >= ? AND NOT EXISTS
                    (SELECT 1 FROM run_report r WHERE r.run = run.id AND r.state = run.state)
                ORDER BY id LIMIT ?
                """,
            arguments: [moment.milliseconds, limit]
        ).compactMap(Run.init)
    }

    /// What was decided last about a flow's runs: whatever it was, or the last of which a mail was written.
    package func lastNote(flow: String, mailedOnly: MailedOnly = .no) throws -> RunNote? {
        try Row.fetchOne(
            db,
            sql: """
                SELECT r.*, m.message_id FROM run_report r JOIN run ON run.id = r.run LEFT JOIN mail m ON m.id = r.mail
                WHERE run.flow = ? AND (? = 0 OR r.mail IS NOT NULL) ORDER BY r.run DESC, r.decided DESC LIMIT 1
                """,
            arguments: [flow, mailedOnly == .yes ? 1 : 0]
        ).flatMap(RunNote.init)
    }

    package enum MailedOnly: Sendable { case yes, no }

    /// How many of a flow's outcomes were left untold since its last mail, because they said the same again.
    package func untold(flow: String) throws -> Int {
        try Int.fetchOne(
            db,
            sql: """
                SELECT count(*) FROM run_report r JOIN run ON run.id = r.run
                WHERE run.flow = ?1 AND r.mail IS NULL AND r.severity <> 'ok' AND r.run > coalesce(
                  (SELECT max(r2.run) FROM run_report r2 JOIN run ON run.id = r2.run WHERE run.flow = ?1 AND r2.mail IS NOT NULL), 0)
                """,
            arguments: [flow]
        ) ?? 0
    }

    /// The reasons for which records of a run were rejected, most frequent first.
    package func topReasons(run: Int64, limit: Int = 8) throws -> [ReasonCount] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT r.*, c.rejected AS n FROM reason_count c CROSS JOIN record_outcome r ON r.id = c.first
                WHERE c.run = ? ORDER BY n DESC, r.id LIMIT ?
                """,
            arguments: [run, limit]
        ).map { ReasonCount(entity: $0["entity"], code: $0["code"] ?? "", count: $0["n"], example: RecordVerdict($0)) }
    }

    /// How many records of a run came to an outcome for one reason.
    package func outcomeCount(run: Int64, _ outcome: Outcome, code: String) throws -> Int {
        let sql = "SELECT count(*) FROM record_outcome WHERE run = ? AND outcome = ? AND code = ?"
        return try Int.fetchOne(db, sql: sql, arguments: [run, outcome.rawValue, code]) ?? 0
    }

    /// The tally of an entity in the flow's last earlier run that read a file of its own.
    package func earlierTally(flow: String, entity: String, before run: Int64) throws -> (run: Run, tally: Tally)? {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT run.* FROM run JOIN tally t ON t.run = run.id
                WHERE run.flow = ? AND t.entity = ? AND run.id < ? AND t.read > 0 AND run.undoes IS NULL
                  AND run.state IN ('finished', 'scheduled') AND run.cause <> 'retry'
                ORDER BY run.id DESC LIMIT 1
                """,
            arguments: [flow, entity, run]
        )
        guard let earlier = row.flatMap(Run.init) else { return nil }
        return try tallies(run: earlier.id).first { $0.entity == entity }.map { (earlier, $0.tally) }
    }
}

extension RunNote {
    fileprivate init?(_ row: Row) {
        guard let state = Run.State(rawValue: row["state"]) else { return nil }
        self.init(
            run: row["run"], state: state, severity: row["severity"], likeness: row["likeness"], messageID: row["message_id"],
            decided: UTCInstant(milliseconds: row["decided"]))
    }
}
