package import Domain
import GRDB

/// Values of a run that wait for their day.
package struct DatedValues: Hashable, Sendable {
    package var changes: Int
    package var next: UTCInstant
}

extension LedgerReader {
    /// The dated values of a run, or of one entity's plan in it, that are not sent yet; `nil` where there are none. What waits
    /// for a person's decision waits for no day.
    package func schedule(run: Int64, entity: String? = nil) throws -> DatedValues? {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT count(*), min(c.due) FROM planned_change c JOIN plan p ON p.run = c.run AND p.entity = c.entity
                WHERE c.run = ? AND (? IS NULL OR c.entity = ?) AND c.due IS NOT NULL AND c.outcome = 'deferred'
                  AND p.state <> 'held'
                """,
            arguments: [run, entity, entity]
        )
        guard let row, let next = row[1] as Int64? else { return nil }
        return DatedValues(changes: row[0], next: UTCInstant(milliseconds: next))
    }
}

extension LedgerWriter {
    /// Of several values of one key that may all be sent by now, after a pause or a long decision, only the last is true.
    package func settleOutdated(run: Int64, entity: String, now: UTCInstant) throws {
        guard let schedule = try reader.schedule(run: run, entity: entity), schedule.next <= now else { return }
        let outdated = try Row.fetchAll(
            db,
            sql: """
                SELECT c.id, c.records FROM planned_change c
                WHERE c.run = ? AND c.entity = ? AND c.outcome = 'deferred' AND EXISTS
                  (SELECT 1 FROM planned_change l WHERE l.run = c.run AND l.entity = c.entity AND l.key_hash = c.key_hash AND l.key = c.key
                   AND +l.due <= ? AND l.id > c.id AND l.outcome = 'deferred')
                ORDER BY c.id
                """,
            arguments: [run, entity, now.milliseconds]
        )
        var answers = AnswerRanges()
        for row in outdated { answers.add(row[0], as: .superseded, records: row[1], proof: "a later value was due by then") }
        try settle(answers, run: run, entity: entity, at: now)
    }
}
