package import Domain
import GRDB

extension LedgerWriter {
    /// Forgets the single changes and records of runs that ended before `moment`; their counts stay for good. What the mirror
    /// still rests on, what waits in the error queue, and what was not settled is kept whatever its age. Answers how many
    /// runs were condensed. Safe to repeat.
    package func condenseRuns(endedBefore moment: UTCInstant, now: UTCInstant? = nil) throws -> Int {
        let runs = try Int64.fetchAll(
            db,
            sql: """
                SELECT id FROM run WHERE condensed = 0 AND ended < ? AND id < ? AND NOT EXISTS
                  (SELECT 1 FROM record_outcome r WHERE r.run = run.id AND r.queue = 'open')
                """,
            arguments: [moment.milliseconds, try reader.firstRun(since: moment, now)]
        )
        for run in runs {
            try db.execute(
                sql: "DELETE FROM change WHERE run = ? AND id NOT IN (SELECT change FROM mirror WHERE change IS NOT NULL)",
                arguments: [run]
            )
            try db.execute(
                sql: "DELETE FROM answer WHERE run = ? AND NOT EXISTS (SELECT 1 FROM change WHERE id BETWEEN first AND last)", arguments: [run])
            try retireRecordNumbers()
            try db.execute(sql: "DELETE FROM record_outcome WHERE run = ?", arguments: [run])
            try db.execute(sql: "UPDATE run SET condensed = 1 WHERE id = ?", arguments: [run])
        }
        return runs.count
    }

    /// Forgets what rejected records of these entities said, once they are settled and their run ended before `moment`. What was
    /// wrong, where it stood and how often stays. Safe to repeat.
    package func forgetDetails(of entities: [String], endedBefore moment: UTCInstant, now: UTCInstant? = nil) throws -> Int {
        let first = try reader.firstRun(since: moment, now)
        var forgotten = 0
        for entity in entities {
            try db.execute(
                sql: """
                    UPDATE record_outcome SET value = NULL, original = NULL, edited = NULL
                    WHERE entity = ? AND coalesce(queue, '') <> 'open' AND (value IS NOT NULL OR original IS NOT NULL OR edited IS NOT NULL)
                      AND run IN (SELECT id FROM run WHERE ended < ? AND id < ?)
                    """,
                arguments: [entity, moment.milliseconds, first]
            )
            forgotten += db.changesCount
        }
        return forgotten
    }

    /// Forgets files that have not been seen at their endpoint since `moment`.
    package func forgetDrops(notSeenSince moment: UTCInstant, now: UTCInstant? = nil) throws {
        let first = try reader.firstDrop(since: moment, now)
        try db.execute(
            sql: """
                DELETE FROM file_drop WHERE last_seen < ? AND id < ? AND state IN ('done', 'removed', 'duplicate', 'vanished', 'ignored')
                """,
            arguments: [moment.milliseconds, first]
        )
    }
}

/// What came later is younger. A row that was written while the clock was behind says that it is old; one before it that is not past
/// its time shows that this cannot be.
extension LedgerReader {
    /// The first run that was started since `moment`; the one after the last where none was. Times after `now` tell nothing.
    fileprivate func firstRun(since moment: UTCInstant, _ now: UTCInstant?) throws -> Int64 {
        try first(
            """
            SELECT min(id) FROM (SELECT min(id) AS id FROM run WHERE started >= ?1 AND started <= ?2
              UNION ALL SELECT min(run) + 1 FROM age_mark WHERE at >= ?1 AND at <= ?2)
            """, moment, now)
    }

    fileprivate func firstDelivery(since moment: UTCInstant, _ now: UTCInstant?) throws -> Int64 {
        try first(
            """
            SELECT min(id) FROM (SELECT min(id) AS id FROM delivery WHERE received >= ?1 AND received <= ?2
              UNION ALL SELECT min(delivery) + 1 FROM age_mark WHERE at >= ?1 AND at <= ?2)
            """, moment, now)
    }

    fileprivate func firstConsignment(since moment: UTCInstant, _ now: UTCInstant?) throws -> Int64 {
        try first(
            """
            SELECT min(id) FROM (SELECT min(id) AS id FROM consignment WHERE packed >= ?1 AND packed <= ?2
              UNION ALL SELECT min(consignment) + 1 FROM age_mark WHERE at >= ?1 AND at <= ?2)
            """, moment, now)
    }

    fileprivate func firstDrop(since moment: UTCInstant, _ now: UTCInstant?) throws -> Int64 {
        try first(
            """
            SELECT min(id) FROM (SELECT min(id) AS id FROM file_drop WHERE first_seen >= ?1 AND first_seen <= ?2
              UNION ALL SELECT min(file_drop) + 1 FROM age_mark WHERE at >= ?1 AND at <= ?2)
            """, moment, now)
    }

    func firstMail(since moment: UTCInstant, _ now: UTCInstant?) throws -> Int64 {
        try first(
            """
            SELECT min(id) FROM (SELECT min(id) AS id FROM mail WHERE written >= ?1 AND written <= ?2
              UNION ALL SELECT min(mail) + 1 FROM age_mark WHERE at >= ?1 AND at <= ?2)
            """, moment, now)
    }

    private func first(_ sql: String, _ moment: UTCInstant, _ now: UTCInstant?) throws -> Int64 {
        try Int64.fetchOne(db, sql: sql, arguments: [moment.milliseconds, now?.milliseconds ?? .max]) ?? .max
    }
}

extension LedgerWriter {
    /// Notes once a day of proven time how far the books have come.
    package func markAge(at proven: UTCInstant) throws {
        try db.execute(
            sql: """
                INSERT INTO age_mark (at, delivery, run, consignment, file_drop, mail)
                SELECT ?1, (SELECT coalesce(max(id), 0) FROM delivery), (SELECT coalesce(max(id), 0) FROM run),
                  (SELECT coalesce(max(id), 0) FROM consignment), (SELECT coalesce(max(id), 0) FROM file_drop),
                  (SELECT coalesce(max(id), 0) FROM mail)
                WHERE NOT EXISTS (SELECT 1 FROM age_mark WHERE at > ?1 - 86400000 AND at <= ?1)
                ON CONFLICT DO NOTHING
                """,
            arguments: [proven.milliseconds]
        )
    }
}

extension LedgerReader {
    /// Files of ours whose documents all left and were answered, or need no answer, before `moment`.
    package func expendableOrders(answeredBefore moment: UTCInstant, now: UTCInstant? = nil) throws -> [ContentHash] {
        try String.fetchAll(
            db,
            sql: """
                SELECT hash FROM consignment GROUP BY hash HAVING count(*) = sum(
                  state IN ('acknowledged', 'discarded') OR (state = 'placed' AND due IS NULL)) AND
                  max(coalesce(acknowledged, placed, packed)) < ? AND max(id) < ?
                """,
            arguments: [moment.milliseconds, try firstConsignment(since: moment, now)]
        ).compactMap { ContentHash(hex: $0) }
    }

    /// Files of one flow that were received before `moment` and that nothing needs any more.
    package func expendableFiles(of flow: String, receivedBefore moment: UTCInstant, now: UTCInstant? = nil) throws -> [ContentHash] {
        let all = Set(try expendableFiles(receivedBefore: moment, now: now))
        let own = try String.fetchAll(
            db, sql: "SELECT DISTINCT hash FROM delivery WHERE flow = ? AND origin <> 'outbox'", arguments: [flow])
        return own.compactMap { ContentHash(hex: $0) }.filter(all.contains)
    }

    /// Files received before `moment` that no open run and no waiting error needs any more, by their hash.
    package func expendableFiles(receivedBefore moment: UTCInstant, now: UTCInstant? = nil) throws -> [ContentHash] {
        try String.fetchAll(
            db,
            sql: """
                SELECT hash FROM delivery GROUP BY hash HAVING max(received) < ? AND max(id) < ? AND NOT EXISTS
                  (SELECT 1 FROM run JOIN delivery d ON d.id = run.delivery WHERE d.hash = delivery.hash AND
                    (run.state NOT IN ('finished', 'discarded', 'failed', 'previewed') OR EXISTS
                      (SELECT 1 FROM record_outcome r WHERE r.run = run.id AND r.queue = 'open')))
                """,
            arguments: [moment.milliseconds, try firstDelivery(since: moment, now)]
        ).compactMap { ContentHash(hex: $0) }
    }
}
