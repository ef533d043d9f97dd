package import Domain
import Foundation
import GRDB

extension LedgerWriter {
    /// Records one record's outcome; a rejected one enters the error queue.
    package func add(_ verdict: RecordVerdict, run: Int64, entity: String) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO record_outcome
                  (id, run, entity, number, outcome, line, offset, length, key, code, field, value, reason, fix, original, queue)
                VALUES (1 + max(
                    coalesce((SELECT max(id) FROM record_outcome), 0),
                    coalesce((SELECT CAST(value AS INTEGER) FROM memory WHERE flow = '' AND name = 'record numbers'), 0)),
                  ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            run, entity, verdict.origin.number, verdict.outcome.rawValue, verdict.origin.line, verdict.origin.offset,
            verdict.origin.length, verdict.key.map { Data($0.bytes) }, verdict.reason?.code, verdict.reason?.column,
            verdict.reason?.value, verdict.reason?.text, verdict.reason?.fix, verdict.original.map { Data($0) },
            verdict.outcome == .rejected ? QueuedError.State.open.rawValue : nil,
        ])
    }

    /// Before outcomes are removed: a number that a person has seen never comes to mean another record.
    func retireRecordNumbers() throws {
        let known = try reader.memory(flow: "", name: "record numbers").flatMap { Int64($0) } ?? 0
        let highest = max(known, try Int64.fetchOne(db, sql: "SELECT max(id) FROM record_outcome") ?? 0)
        try remember(flow: "", name: "record numbers", value: String(highest))
    }

    /// The operator's corrected line for a queued record; it is used when the record is retried.
    package func edit(error id: Int64, to bytes: [UInt8], by who: String) throws {
        try db.cachedStatement(sql: "UPDATE record_outcome SET edited = ?, edited_by = ? WHERE id = ? AND queue = 'open'")
            .execute(arguments: [Data(bytes), who, id])
    }

    /// Takes records out of the queue: retried in `run`, or dismissed. Answers how many were still open.
    package func close(errors ids: [Int64], as state: QueuedError.State, by run: Int64?) throws -> Int {
        var closed = 0
        for id in ids {
            try db.execute(
                sql: "UPDATE record_outcome SET queue = ?, settled_by = ? WHERE id = ? AND queue = 'open'",
                arguments: [state.rawValue, run, id]
            )
            closed += db.changesCount
        }
        return closed
    }

    /// Puts records back into the queue that were taken out for a run which did nothing.
    package func reopenErrors(settledBy run: Int64) throws {
        try db.execute(
            sql: "UPDATE record_outcome SET queue = 'open', settled_by = NULL WHERE queue = 'retried' AND settled_by = ?", arguments: [run])
    }

    /// Takes a run's rejected records out of the queue: they were shown, nobody is to act on them.
    package func dismissErrors(run: Int64) throws {
        try db.execute(sql: "UPDATE record_outcome SET queue = 'dismissed' WHERE run = ? AND queue = 'open'", arguments: [run])
    }

    /// The same record, rejected for the same reason as in an earlier run: it waits once, as the run saw it last, with what was edited.
    package func closeErrors(repeatedIn run: Int64, entity: String) throws {
        let old = """
            old.queue = 'open' AND old.entity = ?1 AND old.run < ?2 AND old.original IS NOT NULL
            AND (SELECT flow FROM run WHERE id = old.run) = (SELECT flow FROM run WHERE id = ?2)
            """
        try db.execute(
            sql: """
                UPDATE record_outcome AS new SET (edited, edited_by) = (SELECT old.edited, old.edited_by FROM record_outcome old WHERE \(old) AND old.edited IS NOT NULL
                  AND old.key IS new.key AND old.code = new.code AND old.original = new.original ORDER BY old.id DESC LIMIT 1)
                WHERE new.run = ?2 AND new.entity = ?1 AND new.queue = 'open' AND new.edited IS NULL
                  AND EXISTS (SELECT 1 FROM record_outcome old WHERE \(old) AND old.edited IS NOT NULL)
                """,
            arguments: [entity, run])
        try db.execute(
            sql: """
                UPDATE record_outcome AS old SET queue = 'retried', settled_by = ?2 WHERE \(old)
                  AND (coalesce(old.key, x''), old.code, old.original) IN
                    (SELECT coalesce(new.key, x''), new.code, new.original FROM record_outcome new
                     WHERE new.run = ?2 AND new.entity = ?1 AND new.queue = 'open')
                """,
            arguments: [entity, run])
    }

    /// Records of keys that were applied meanwhile need no one's attention any more: those of the same flow, from a file that is not newer and that
    /// told of the same feeds. What another flow, an older file or another warehouse's file says of a product settles nothing.
    package func closeErrors(overtakenBy run: Int64, entity: String) throws {
        let waiting = try Row.fetchAll(
            db,
            sql: """
                SELECT o.id, o.run, o.key FROM record_outcome o JOIN run r ON r.id = o.run LEFT JOIN delivery d ON d.id = r.delivery
                  JOIN run n ON n.id = ?2 LEFT JOIN delivery m ON m.id = n.delivery
                WHERE o.queue = 'open' AND o.entity = ?1 AND o.key IS NOT NULL AND o.run < ?2 AND r.flow = n.flow
                  AND (m.modified IS NULL OR d.modified IS NULL OR d.modified <= m.modified)
                """,
            arguments: [entity, run])
        guard !waiting.isEmpty else { return }
        func feeds(_ run: Int64) throws -> Set<String> {
            Set(try reader.plans(run: run).first { $0.entity == entity }?.summary.feeds ?? [])
        }
        let told = try feeds(run)
        var known: [Int64: Set<String>] = [:]
        for row in waiting {
            let (id, rejecting, key): (Int64, Int64, Data) = (row["id"], row["run"], row["key"])
            let theirs = try known[rejecting] ?? feeds(rejecting)
            known[rejecting] = theirs
            guard theirs.isEmpty && told.isEmpty || !theirs.isDisjoint(with: told),
                try reader.firstApplied(run: run, entity: entity, key: RecordKey(key)) != nil
            else { continue }
            try db.execute(sql: "UPDATE record_outcome SET queue = 'retried', settled_by = ? WHERE id = ?", arguments: [run, id])
        }
    }
}

extension LedgerReader {
    package func errors(in state: QueuedError.State? = .open, flow: String? = nil, run: Int64? = nil, limit: Int = 1000) throws
        -> [QueuedError]
    {
        try Row.fetchAll(
            db,
            sql: """
                SELECT r.*, run.flow FROM record_outcome r JOIN run ON run.id = r.run
                WHERE r.outcome = 'rejected' AND (? IS NULL OR r.queue = ?) AND (? IS NULL OR run.flow = ?) AND (? IS NULL OR r.run = ?)
                ORDER BY r.id LIMIT ?
                """,
            arguments: [state?.rawValue, state?.rawValue, flow, flow, run, run, limit]
        ).map(QueuedError.init)
    }

    package func error(_ id: Int64) throws -> QueuedError? {
        try Row.fetchOne(
            db, sql: "SELECT r.*, run.flow FROM record_outcome r JOIN run ON run.id = r.run WHERE r.id = ? AND r.outcome = 'rejected'",
            arguments: [id]
        ).map(QueuedError.init)
    }

    /// Whether a person has corrected, retried or dismissed a rejected record of the run.
    package func hasTouchedErrors(run: Int64) throws -> Bool {
        try Bool.fetchOne(
            db,
            sql: "SELECT EXISTS (SELECT 1 FROM record_outcome WHERE run = ? AND outcome = 'rejected' AND (edited IS NOT NULL OR queue <> 'open'))",
            arguments: [run]) ?? false
    }

    /// All queued records of the same run and key: they are only right together.
    package func siblings(of error: QueuedError) throws -> [QueuedError] {
        guard let key = error.verdict.key else { return [error] }
        return try Row.fetchAll(
            db,
            sql: """
                SELECT r.*, run.flow FROM record_outcome r INDEXED BY record_outcome_open JOIN run ON run.id = r.run
                WHERE r.queue = 'open' AND r.entity = ? AND r.key = ? AND r.run = ? ORDER BY r.id
                """,
            arguments: [error.entity, key.data, error.run]
        ).map(QueuedError.init)
    }

    /// The numbers of the records of a run that wait in the error queue.
    package func openErrorNumbers(run: Int64) throws -> [Int64] {
        try Int64.fetchAll(
            db, sql: "SELECT id FROM record_outcome WHERE run = ? AND outcome = 'rejected' AND queue = 'open' ORDER BY id", arguments: [run])
    }

    /// How many rejected records wait: of every flow, or of one.
    package func openErrorCount(flow: String? = nil) throws -> Int {
        guard let flow else {
            return try Int.fetchOne(db, sql: "SELECT coalesce(sum(open), 0) FROM reason_count INDEXED BY reason_count_open WHERE open > 0") ?? 0
        }
        return try Int.fetchOne(
            db,
            sql: """
                SELECT coalesce(sum(c.open), 0) FROM reason_count c INDEXED BY reason_count_open CROSS JOIN run ON run.id = c.run
                WHERE c.open > 0 AND run.flow = ?
                """,
            arguments: [flow]) ?? 0
    }

    /// When the run began that rejected the oldest record of a flow that waits.
    package func oldestOpenError(flow: String) throws -> UTCInstant? {
        try Int64.fetchOne(
            db,
            sql: """
                SELECT min(run.started) FROM reason_count c INDEXED BY reason_count_open CROSS JOIN run ON run.id = c.run
                WHERE c.open > 0 AND run.flow = ?
                """,
            arguments: [flow]
        ).map { UTCInstant(milliseconds: $0) }
    }
}

extension RecordVerdict {
    init(_ row: Row) {
        self.init(
            outcome: Outcome(rawValue: row["outcome"]) ?? .rejected,
            origin: RecordOrigin(number: row["number"], line: row["line"], offset: row["offset"], length: row["length"]),
            key: (row["key"] as Data?).map { RecordKey($0) },
            reason: (row["code"] as String?).map { code in
                RejectReason(code, column: row["field"], value: row["value"], row["reason"] ?? "", fix: row["fix"] ?? "")
            },
            original: (row["original"] as Data?).map { Array($0) }
        )
    }
}

extension RecordKey {
    var data: Data { Data(bytes) }
}

extension QueuedError {
    init(_ row: Row) {
        self.init(
            id: row["id"], run: row["run"], flow: row["flow"], entity: row["entity"], verdict: RecordVerdict(row),
            state: (row["queue"] as String?).flatMap(State.init) ?? .open, edited: (row["edited"] as Data?).map { Array($0) },
            settledBy: row["settled_by"]
        )
    }
}
