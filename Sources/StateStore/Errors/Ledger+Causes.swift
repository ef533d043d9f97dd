package import Domain
import GRDB

// The queue by cause. An index of the open records alone carries it: counting a hundred thousand of them reads no record. It is named in
// each query, because SQLite's statistics may prefer one that has to look every record up.

extension LedgerReader {
    /// What waits, by cause, the largest first; `limit` of them.
    package func causes(flow: String? = nil, code: String? = nil, limit: Int = 1000) throws -> [ErrorCause] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT run.flow AS flow, entity, code, field, sum(n) AS number, min(low) AS low, max(high) AS high,
                  min(g.run) AS first_run, max(g.run) AS last_run, min(run.started) AS since FROM (
                    SELECT entity, code, field, run, count(*) AS n, min(id) AS low, max(id) AS high
                    FROM record_outcome INDEXED BY record_outcome_cause WHERE queue = 'open' AND (?1 IS NULL OR code = ?1)
                    GROUP BY entity, code, field, run) g
                JOIN run ON run.id = g.run WHERE ?2 IS NULL OR run.flow = ?2
                GROUP BY run.flow, entity, code, field ORDER BY number DESC, low LIMIT ?3
                """,
            arguments: [code, flow, limit]
        ).compactMap { row in
            let key = ErrorCause.Key(flow: row["flow"], entity: row["entity"], code: row["code"] ?? "", field: row["field"])
            let count: Int = row["number"]
            guard let example = try error(row["high"]) else { return nil }
            let shared = try sharedValue(
                of: key, count: count, like: [example.verdict.reason?.value, try error(row["low"])?.verdict.reason?.value])
            return ErrorCause(
                key: key, count: count, lowest: row["low"], highest: row["high"], firstRun: row["first_run"], lastRun: row["last_run"],
                value: shared?.value, sharing: shared?.count ?? 0, example: example, since: UTCInstant(milliseconds: row["since"]))
        }
    }

    /// The value that more than nine in ten have, looked for among those of the newest and the oldest.
    private func sharedValue(of cause: ErrorCause.Key, count: Int, like candidates: [String?]) throws -> (value: String, count: Int)? {
        for value in Set(candidates.compactMap { $0 }) where !value.isEmpty {
            let same = try Int.fetchOne(
                db,
                sql: """
                    SELECT count(*) FROM record_outcome o INDEXED BY record_outcome_cause JOIN run ON run.id = o.run
                    WHERE o.queue = 'open' AND o.entity = ? AND o.code IS nullif(?, '') AND o.field IS ? AND o.value = ? AND run.flow = ?
                    """,
                arguments: [cause.entity, cause.code, cause.field, value, cause.flow])
            if let same, same * 10 > count * 9 { return (value, same) }
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
