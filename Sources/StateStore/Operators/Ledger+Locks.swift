package import Domain
import GRDB

extension LedgerReader {
    /// Why the flow's next plan of the entity waits for a person; `nil` where nothing locks it.
    package func lock(flow: String, entity: String) throws -> String? {
        try String.fetchOne(db, sql: "SELECT reason FROM entity_lock WHERE flow = ? AND entity = ?", arguments: [flow, entity])
    }
}

extension LedgerWriter {
    /// After values were taken back the next plan waits for a person, whatever its gates say: the file that did the harm may
    /// come again.
    package func lock(flow: String, entity: String, because reason: String, at now: UTCInstant) throws {
        try db.execute(
            sql: """
                INSERT INTO entity_lock (flow, entity, reason, since) VALUES (?, ?, ?, ?)
                ON CONFLICT (flow, entity) DO UPDATE SET reason = excluded.reason, since = excluded.since
                """,
            arguments: [flow, entity, reason, now.milliseconds]
        )
    }

    package func unlock(flow: String, entity: String) throws {
        try db.execute(sql: "DELETE FROM entity_lock WHERE flow = ? AND entity = ?", arguments: [flow, entity])
    }
}
