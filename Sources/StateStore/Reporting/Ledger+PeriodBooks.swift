package import Domain
import Foundation
import GRDB

extension LedgerReader {
    /// The books of `from` up to and without `to`. A run belongs to the span in which it ended; previews belong nowhere.
    ///
    /// - Parameter events: the entities whose records are things that happened, such as despatches.
    package func books(of flows: [String], events: [String], from: UTCInstant, to: UTCInstant) throws -> PeriodBooks {
        var books = PeriodBooks()
        let span: StatementArguments = [from.milliseconds, to.milliseconds]
        books.lines = try Row.fetchAll(
            db,
            sql: """
                SELECT r.flow, t.entity, sum(t.read) AS read, sum(t.applied) AS applied, sum(t.unchanged) AS unchanged,
                  sum(t.duplicate) AS duplicate, sum(t.superseded) AS superseded, sum(t.rejected) AS rejected, sum(t.deferred) AS deferred
                FROM run r JOIN tally t ON t.run = r.id WHERE r.ended >= ? AND r.ended < ? AND r.state <> 'previewed'
                GROUP BY r.flow, t.entity ORDER BY r.flow, t.entity
                """,
            arguments: span
        ).map { PeriodBooks.Line(flow: $0["flow"], entity: $0["entity"], tally: Tally($0)) }
        books.events = try events.flatMap { entity in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT r.flow, sum(a.last - a.first + 1) AS number FROM run r JOIN answer a ON a.run = r.id
                    WHERE a.answered >= ? AND a.answered < ? AND a.outcome = 'applied' AND a.entity = ?
                      AND (r.ended IS NULL OR r.ended >= ?) GROUP BY r.flow ORDER BY r.flow
                    """,
                arguments: span + [entity, from.milliseconds]
            ).map { PeriodBooks.EventLine(flow: $0["flow"], entity: entity, count: $0["number"]) }
        }
        books.flows = try flows.map { try flowLine($0, span) }
        let setAside =
            try Int.fetchOne(
                db, sql: "SELECT count(*) FROM file_drop WHERE state = 'duplicate' AND last_seen >= ? AND first_seen < ?", arguments: span
            ) ?? 0
        books.duplicatesPrevented = books.lines.reduce(setAside) { $0 + $1.tally[.duplicate] }
        for row in try Row.fetchAll(
            db, sql: "SELECT code, subject, telling FROM notice WHERE at >= ? AND at < ? ORDER BY id", arguments: span
        ) {
            switch AlarmBook.Telling(rawValue: row["telling"]) {
            case .opened: if let code = AlarmCode(rawValue: row["code"]) { books.alarmsOpened.append(AlarmKey(code, row["subject"])) }
            case .recovered: books.alarmsRecovered += 1
            case .worsened, nil: break
            }
        }
        return books
    }

    private func flowLine(_ flow: String, _ span: StatementArguments) throws -> PeriodBooks.FlowLine {
        var line = PeriodBooks.FlowLine(flow: flow)
        func count(_ sql: String, _ arguments: StatementArguments) throws -> Int { try Int.fetchOne(db, sql: sql, arguments: arguments) ?? 0 }
        let place: StatementArguments = [flow]
        line.runs = try count("SELECT count(*) FROM run WHERE flow = ? AND ended >= ? AND ended < ? AND state <> 'previewed'", place + span)
        line.failedRuns = try count("SELECT count(*) FROM run WHERE flow = ? AND ended >= ? AND ended < ? AND state = 'failed'", place + span)
        line.filesIn = try count(
            "SELECT count(*) FROM delivery WHERE flow = ? AND received >= ? AND received < ? AND origin IN ('endpoint', 'file')", place + span)
        line.filesOut = try count("SELECT count(*) FROM consignment WHERE flow = ? AND placed >= ? AND placed < ?", place + span)
        line.filesSetAside = try count(
            "SELECT count(*) FROM file_drop WHERE flow = ? AND state = 'quarantined' AND last_seen >= ? AND first_seen < ?", place + span)
        line.held = try count("SELECT count(*) FROM run WHERE flow = ? AND state = 'held'", place)
        line.errorsOpened = try count(
            """
            SELECT coalesce(sum(c.rejected), 0) FROM run r CROSS JOIN reason_count c ON c.run = r.id
            WHERE r.flow = ? AND r.started >= ? AND r.started < ? AND r.state <> 'previewed'
            """,
            place + span)
        // A run without an end counts by its beginning: those are few, and stand in an index of their own.
        let settled =
            "SELECT count(*) FROM run r CROSS JOIN record_outcome o INDEXED BY record_outcome_settled ON o.settled_by = r.id WHERE r.flow = ?"
        line.errorsClosed =
            try count("\(settled) AND r.ended >= ? AND r.ended < ?", place + span)
            + count(
                "\(settled) AND r.ended IS NULL AND r.started >= ? AND r.started < ? AND r.state NOT IN ('finished', 'discarded', 'failed', 'previewed')",
                place + span)
        line.errorsOpen = try openErrorCount(flow: flow)
        line.oldestError = try oldestOpenError(flow: flow)
        line.lastSuccess = try reading(.success, flow)?.at
        return line
    }

    /// The orders that came to stand in the ERP's folder within the span, and what the ERP said of them so far. An order that a
    /// person sent once more counts once.
    package func orderBooks(flow: String, from: UTCInstant, to: UTCInstant) throws -> PeriodBooks.OrderLine {
        var line = PeriodBooks.OrderLine(flow: flow)
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT o.identity, d.total, d.acknowledged, d.erp_number, d.refusal, c.due FROM consignment c
                JOIN consigned d ON d.consignment = c.id JOIN outbox o ON o.id = d.document
                WHERE c.flow = ? AND c.placed >= ? AND c.placed < ? AND d.resent = 0 AND d.discarded = 0 ORDER BY c.id, d.position
                """,
            arguments: [flow, from.milliseconds, to.milliseconds]
        )
        for row in rows {
            let total = ExactDecimal(plain: row["total"] as String) ?? .zero
            let number = RecordKey(row["identity"] as Data).text
            line.exported.add(total)
            let isAnswered = row["acknowledged"] as Int64? != nil
            let hasNumber = row["erp_number"] as String? != nil
            if row["refusal"] as String? != nil {
                line.refused.add(total)
                continue
            }
            if isAnswered {
                line.acknowledged.add(total)
                if !hasNumber { line.unnumbered += 1 }
            } else if row["due"] as Int64? != nil {
                line.unanswered += 1
            } else {
                continue
            }
            if !isAnswered || !hasNumber, line.missing.count < 50 { line.missing.append(number) }
        }
        line.oldestDue = try longestDue(flow: flow)?.since
        return line
    }
}
