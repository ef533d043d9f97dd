package import Domain
import Foundation
import GRDB

/// Something of a flow that has begun and is not at its end, whatever the reason. Found by what the books say is undone, not by what
/// could have stopped it: a cause that nobody thought of shows all the same.
package struct UndoneWork: Hashable, Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        /// Files seen at the endpoint that have not come to a verdict.
        case files
        /// Runs that are not at their end and wait for nobody's day.
        case runs
        /// Changes that were about to be sent, or were, and have no answer.
        case answers
        /// Values whose day has come.
        case dated
        /// Orders and other documents that are ready and have not left.
        case orders
        /// Files of ours on their way into the ERP's folder.
        case consignments
        /// Files of ours whose agreed confirmation has not come.
        case confirmations
        /// Rejected records that wait for a person.
        case records
    }

    package var flow: String
    package var kind: Kind
    package var count: Int
    /// When the oldest of them began to wait.
    package var since: UTCInstant
    /// Its name: a file, a run, a document.
    package var oldest: String
    /// Its run, where it has one.
    package var run: Int64?
}

extension LedgerReader {
    /// Everything that is undone, of every flow that the books know, whether the settings still do or not.
    package func undoneWork(at now: UTCInstant) throws -> [UndoneWork] {
        try undoneFiles() + undoneRuns() + undoneAnswers() + overdueDated(at: now) + undoneDocuments()
            + undoneConsignments(at: now) + openRecords()
    }

    // With min() the other columns are those of the row that has it.

    /// Every state that is not an end counts, also one that is new.
    private func undoneFiles() throws -> [UndoneWork] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT flow, count(*) AS number, min(first_seen) AS since, name FROM file_drop
                WHERE state NOT IN ('ignored', 'done', 'removed', 'duplicate', 'quarantined', 'vanished') GROUP BY flow
                """
        ).map { UndoneWork($0, .files, oldest: Escaped($0["name"] as Data, limit: 100).description) }
    }

    private func undoneRuns() throws -> [UndoneWork] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT flow, count(*) AS number, min(started) AS since, id AS run FROM run
                WHERE state NOT IN ('finished', 'discarded', 'failed', 'previewed') AND state <> 'scheduled' GROUP BY flow
                """
        ).map { UndoneWork($0, .runs, oldest: "run \($0["run"] as Int64)") }
    }

    /// What was claimed for sending is written down as one number per plan; everything up to it without an answer may have been sent.
    private func undoneAnswers() throws -> [UndoneWork] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT flow, count(*) AS number, min(since) AS since, run FROM
                  (SELECT r.flow AS flow, r.started AS since, r.id AS run FROM run r JOIN plan p ON p.run = r.id
                   WHERE r.state NOT IN ('finished', 'discarded', 'failed', 'previewed') AND p.sent_through > 0 AND EXISTS
                     (SELECT 1 FROM planned_change c WHERE c.run = r.id AND c.entity = p.entity AND c.id <= p.sent_through
                      AND c.outcome = 'deferred' AND c.due IS NULL))
                GROUP BY flow
                """
        ).map { UndoneWork($0, .answers, oldest: "run \($0["run"] as Int64)") }
    }

    private func overdueDated(at now: UTCInstant) throws -> [UndoneWork] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT r.flow AS flow, count(*) AS number, min(c.due) AS since, r.id AS run
                FROM run r JOIN planned_change c ON c.run = r.id JOIN plan p ON p.run = c.run AND p.entity = c.entity
                WHERE r.state IN ('scheduled', 'held') AND p.state <> 'held' AND c.due <= ? AND c.outcome = 'deferred' GROUP BY r.flow
                """,
            arguments: [now.milliseconds]
        ).map { UndoneWork($0, .dated, oldest: "run \($0["run"] as Int64)") }
    }

    private func undoneDocuments() throws -> [UndoneWork] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT flow, count(*) AS number, min(noted) AS since, identity FROM outbox WHERE standing IN ('due', 'packed') GROUP BY flow
                """
        ).map { UndoneWork($0, .orders, oldest: Escaped($0["identity"] as Data, limit: 100).description) }
    }

    private func undoneConsignments(at now: UTCInstant) throws -> [UndoneWork] {
        let moving = try Row.fetchAll(
            db,
            sql: """
                SELECT flow, count(*) AS number, min(packed) AS since, name, run FROM consignment
                WHERE state NOT IN ('placed', 'acknowledged', 'discarded') GROUP BY flow
                """
        ).map { UndoneWork($0, .consignments, oldest: Escaped($0["name"] as String, limit: 100).description) }
        let unanswered = try Row.fetchAll(
            db,
            sql: """
                SELECT flow, count(*) AS number, min(due) AS since, name, run FROM consignment
                WHERE state = 'placed' AND due <= ? GROUP BY flow
                """,
            arguments: [now.milliseconds]
        ).map { UndoneWork($0, .confirmations, oldest: Escaped($0["name"] as String, limit: 100).description) }
        return moving + unanswered
    }

    private func openRecords() throws -> [UndoneWork] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT run.flow AS flow, sum(c.open) AS number, min(run.started) AS since, (
                    SELECT min(r.id) FROM record_outcome r WHERE r.run = c.run AND r.queue = 'open') AS error
                FROM reason_count c INDEXED BY reason_count_open CROSS JOIN run ON run.id = c.run WHERE c.open > 0 GROUP BY run.flow
                """
        ).map { UndoneWork($0, .records, oldest: "error \($0["error"] as Int64)") }
    }
}

extension UndoneWork {
    fileprivate init(_ row: Row, _ kind: Kind, oldest: String) {
        self.init(
            flow: row["flow"], kind: kind, count: row["number"], since: UTCInstant(milliseconds: row["since"]), oldest: oldest,
            run: row.hasColumn("run") ? row["run"] : nil)
    }
}
