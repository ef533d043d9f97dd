package import Domain
import GRDB

// The queue by cause. Its counts are kept by run and reason (`ReasonCountSchema`), so listing the causes of a hundred thousand records reads no
// record but the few that are shown. Indices are named, because SQLite's statistics may prefer one that has to look every record up.

extension LedgerReader {
    /// What waits, by cause, the largest first; `limit` of them behind the first `skipped`.
    package func causes(flow: String? = nil, code: String? = nil, skipping skipped: Int = 0, limit: Int = 1000) throws -> [ErrorCause] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT run.flow AS flow, entity, code, nullif(field, char(0)) AS field, sum(open) AS number, min(first) AS low, max(last) AS high,
                  min(c.run) AS first_run, max(c.run) AS last_run, min(run.started) AS since
                FROM reason_count c INDEXED BY reason_count_open CROSS JOIN run ON run.id = c.run
                WHERE c.open > 0 AND (?1 IS NULL OR c.code = ?1) AND (?2 IS NULL OR run.flow = ?2)
                GROUP BY entity, code, field, run.flow ORDER BY number DESC, low LIMIT ?3 OFFSET ?4
                """,
            arguments: [code, flow, limit, skipped]
        ).compactMap { row in
            let key = ErrorCause.Key(flow: row["flow"], entity: row["entity"], code: row["code"] ?? "", field: row["field"])
            let count: Int = row["number"]
            guard let oldest = try openError(of: key, run: row["first_run"], isNewest: false),
                let example = try openError(of: key, run: row["last_run"], isNewest: true)
            else { return nil }
            let shared = try sharedValue(of: key, count: count, like: [example.verdict.reason?.value, oldest.verdict.reason?.value])
            return ErrorCause(
                key: key, count: count, lowest: row["low"], highest: row["high"], firstRun: row["first_run"], lastRun: row["last_run"],
                value: shared?.value, sharing: shared?.count ?? 0, example: example, since: UTCInstant(milliseconds: row["since"]))
        }
    }

    /// The record of a cause that a run rejected first or last, of those that wait.
    private func openError(of cause: ErrorCause.Key, run: Int64, isNewest: Bool) throws -> QueuedError? {
        try Row.fetchOne(
            db,
            sql: """
                SELECT r.*, run.flow FROM record_outcome r JOIN run ON run.id = r.run WHERE r.id = (
                  SELECT \(isNewest ? "max" : "min")(id) FROM record_outcome INDEXED BY record_outcome_cause
                  WHERE queue = 'open' AND entity = ? AND code IS nullif(?, '') AND field IS ? AND run = ?)
                """,
            arguments: [cause.entity, cause.code, cause.field, run]
        ).map(QueuedError.init)
    }

    /// The value that more than nine in ten have, looked for among those of the newest and the oldest. One that they do not share is given up as
    /// soon as a tenth of them have another.
    private func sharedValue(of cause: ErrorCause.Key, count: Int, like candidates: [String?]) throws -> (value: String, count: Int)? {
        for value in Set(candidates.compactMap { $0 }) where !value.isEmpty {
            let most = (count - 1) / 10
            let others = try Int.fetchOne(
                db,
                sql: """
                    SELECT count(*) FROM (
                      SELECT 1 FROM record_outcome o INDEXED BY record_outcome_cause CROSS JOIN run ON run.id = o.run
                      WHERE o.queue = 'open' AND o.entity = ? AND o.code IS nullif(?, '') AND o.field IS ? AND o.value IS NOT ? AND run.flow = ?
                      LIMIT ?)
                    """,
                arguments: [cause.entity, cause.code, cause.field, value, cause.flow, most + 1])
            if let others, others <= most { return (value, count - others) }
        }
        return nil
    }

    /// Records of a cause that wait, in the order of their numbers; a page of them behind `after`, up to `fence`.
    package func openErrors(
        of cause: ErrorCause.Key, after id: Int64 = 0, through fence: Int64 = .max, limit: Int
    ) throws -> [QueuedError] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT r.*, run.flow FROM record_outcome r JOIN run ON run.id = r.run WHERE r.id IN (
                  SELECT o.id FROM record_outcome o INDEXED BY record_outcome_cause JOIN run ON run.id = o.run
                  WHERE o.queue = 'open' AND o.entity = ? AND o.code IS nullif(?, '') AND o.field IS ? AND run.flow = ? AND o.id > ? AND o.id <= ?
                  ORDER BY o.id LIMIT ?) ORDER BY r.id
                """,
            arguments: [cause.entity, cause.code, cause.field, cause.flow, id, fence, limit]
        ).map(QueuedError.init)
    }

    /// Records of a cause that still wait and whose named cell holds `value`, in the order of their numbers.
    package func openErrors(of cause: ErrorCause.Key, holding value: String, through fence: Int64, limit: Int) throws -> [QueuedError] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT r.*, run.flow FROM record_outcome r JOIN run ON run.id = r.run WHERE r.id IN (
                  SELECT o.id FROM record_outcome o INDEXED BY record_outcome_cause JOIN run ON run.id = o.run
                  WHERE o.queue = 'open' AND o.entity = ? AND o.code IS nullif(?, '') AND o.field IS ? AND o.value = ? AND run.flow = ? AND o.id <= ?
                  ORDER BY o.id LIMIT ?) ORDER BY r.id
                """,
            arguments: [cause.entity, cause.code, cause.field, value, cause.flow, fence, limit]
        ).map(QueuedError.init)
    }

    /// The numbers of the records of a cause that still wait, up to `fence`: what joined later is not among them.
    package func openErrorNumbers(of cause: ErrorCause.Key, through fence: Int64) throws -> [Int64] {
        try Int64.fetchAll(
            db,
            sql: """
                SELECT o.id FROM record_outcome o INDEXED BY record_outcome_cause JOIN run ON run.id = o.run
                WHERE o.queue = 'open' AND o.entity = ? AND o.code IS nullif(?, '') AND o.field IS ? AND run.flow = ? AND o.id <= ? ORDER BY o.id
                """,
            arguments: [cause.entity, cause.code, cause.field, cause.flow, fence])
    }

    /// Whether the records of a cause that wait, up to `fence`, are as they were rejected: none was corrected, and each was read by this profile
    /// and these settings. `false` where that is not known of all.
    package func areUnchanged(_ cause: ErrorCause.Key, through fence: Int64, since fingerprint: String) throws -> Bool {
        try
            !(Bool.fetchOne(
                db,
                sql: """
                    SELECT EXISTS (
                      SELECT 1 FROM reason_count c CROSS JOIN run ON run.id = c.run LEFT JOIN plan p ON p.run = c.run AND p.entity = c.entity
                      WHERE c.open > 0 AND c.entity = ?1 AND c.code = ?2 AND c.field = ifnull(?3, char(0)) AND run.flow = ?4 AND p.profile IS NOT ?6)
                    OR EXISTS (
                      SELECT 1 FROM record_outcome o INDEXED BY record_outcome_cause JOIN run ON run.id = o.run
                      WHERE o.queue = 'open' AND o.entity = ?1 AND o.code IS nullif(?2, '') AND o.field IS ?3 AND run.flow = ?4 AND o.id <= ?5
                        AND o.edited IS NOT NULL)
                    """,
                arguments: [cause.entity, cause.code, cause.field, cause.flow, fence, fingerprint]) ?? true)
    }

    /// The same of one record.
    package func isUnchanged(_ error: QueuedError, since fingerprint: String) throws -> Bool {
        guard error.edited == nil else { return false }
        return try String.fetchOne(db, sql: "SELECT profile FROM plan WHERE run = ? AND entity = ?", arguments: [error.run, error.entity])
            == fingerprint
    }

    /// Open records of a key, of whichever entity.
    package func openErrors(key: RecordKey, flow: String? = nil) throws -> [QueuedError] {
        try Row.fetchAll(
            db,
            sql: """
                WITH RECURSIVE kind (entity) AS (
                  SELECT min(entity) FROM record_outcome INDEXED BY record_outcome_open WHERE queue = 'open'
                  UNION ALL
                  SELECT (SELECT min(entity) FROM record_outcome INDEXED BY record_outcome_open WHERE queue = 'open' AND entity > kind.entity)
                  FROM kind WHERE kind.entity IS NOT NULL)
                SELECT r.*, run.flow FROM kind CROSS JOIN record_outcome r INDEXED BY record_outcome_open
                  ON r.queue = 'open' AND r.entity = kind.entity AND r.key = ?1
                JOIN run ON run.id = r.run WHERE ?2 IS NULL OR run.flow = ?2 ORDER BY r.id
                """,
            arguments: [key.data, flow]
        ).map(QueuedError.init)
    }
}
