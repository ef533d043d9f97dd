package import Domain
import Foundation
import GRDB

/// A ledger that takes another one's place knows nothing of the calls that are under way. They are the shop's matter and go on: what the ledger
/// before knew of them is carried over, and where it cannot be read, nothing that must not happen twice is sent before they can be over.
extension LedgerWriter {
    package func takeOverCalls(of before: LedgerReader) throws {
        for row in try Row.fetchAll(before.db, sql: "SELECT * FROM once_call ORDER BY id") {
            try db.execute(
                sql: """
                    INSERT INTO once_call (flow, entity, subject, mark, key, sent, times, state, documents, found) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (entity, subject, mark) DO UPDATE SET
                      sent = excluded.sent, times = max(times, excluded.times), state = excluded.state, documents = excluded.documents, found = excluded.found
                    """,
                arguments: [
                    row["flow"], row["entity"], row["subject"], row["mark"], row["key"], row["sent"], row["times"], row["state"], row["documents"],
                    row["found"],
                ])
        }
        for row in try Row.fetchAll(before.db, sql: "SELECT * FROM once_claim") {
            try db.execute(
                sql: "INSERT INTO once_claim (entity, document, subject, mark) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                arguments: [row["entity"], row["document"], row["subject"], row["mark"]])
        }
        for row in try Row.fetchAll(before.db, sql: "SELECT * FROM late_value") {
            try db.execute(
                sql: """
                    INSERT INTO late_value (flow, entity, key, boot, uptime) VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT (entity, key) DO UPDATE SET boot = excluded.boot, uptime = excluded.uptime
                    """,
                arguments: [row["flow"], row["entity"], row["key"], row["boot"], row["uptime"]])
        }
    }

    /// Whatever may be under way is waited for, about every subject.
    package func awaitForgottenCalls(now: UTCInstant) throws {
        try db.execute(
            sql: """
                INSERT INTO once_call (flow, entity, subject, mark, key, sent, times, state) VALUES ('', '', ?, ?, x'', ?, 1, 'open')
                ON CONFLICT (entity, subject, mark) DO UPDATE SET sent = excluded.sent
                """,
            arguments: [OnceCall.everySubject, "a call that the ledger before may have made", now.milliseconds])
        try db.execute(
            sql: "DELETE FROM once_call_clock WHERE call IN (SELECT id FROM once_call WHERE subject = ?)", arguments: [OnceCall.everySubject])
    }
}

extension OnceCall {
    /// Of the one call that stands for all those that nobody remembers. No order has an empty number.
    static let everySubject = ""
}
