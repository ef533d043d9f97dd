package import Domain
import Foundation
import GRDB

/// Values whose calls may still take effect: the shop did not answer, and an older value may land over a newer one.
extension LedgerWriter {
    /// Writes down that calls for these keys may take effect until the wait is over. The wait of a key that is known begins anew.
    package func noteLateValues(_ keys: [RecordKey], of entity: String, flow: String, at clock: ForwardClock) throws {
        let insert = try db.cachedStatement(
            sql: """
                INSERT INTO late_value (flow, entity, key, boot, uptime) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (entity, key) DO UPDATE SET flow = excluded.flow, boot = excluded.boot, uptime = excluded.uptime
                """)
        for key in keys {
            try insert.execute(arguments: [flow, entity, Data(key.bytes), clock.boot, clock.uptime.wholeMilliseconds])
        }
    }

    /// Keys whose wait is over. A boot that sees a key for the first time counts from now on: how long another has waited cannot be
    /// known here, so the wait may become longer and never shorter.
    package func dueLateValues(of entity: String, flow: String, wait: Duration, at clock: ForwardClock) throws -> [RecordKey] {
        try db.cachedStatement(
            sql: "UPDATE late_value SET boot = ?1, uptime = ?2 WHERE flow = ?3 AND entity = ?4 AND (boot <> ?1 OR uptime > ?2)"
        ).execute(arguments: [clock.boot, clock.uptime.wholeMilliseconds, flow, entity])
        return try Data.fetchAll(
            db, sql: "SELECT key FROM late_value WHERE flow = ? AND entity = ? AND uptime <= ? ORDER BY key",
            arguments: [flow, entity, (clock.uptime - wait).wholeMilliseconds]
        ).map { RecordKey($0) }
    }

    /// The shop was seen to hold what it should.
    package func forgetLateValues(_ keys: [RecordKey], of entity: String) throws {
        let delete = try db.cachedStatement(sql: "DELETE FROM late_value WHERE entity = ? AND key = ?")
        for key in keys { try delete.execute(arguments: [entity, Data(key.bytes)]) }
    }
}

extension LedgerReader {
    /// Whether a call for the key may still take effect: what the shop holds now is then not what it will hold.
    package func isLateValue(_ key: RecordKey, of entity: String) throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM late_value WHERE entity = ? AND key = ?)"),
            arguments: [entity, Data(key.bytes)]) ?? false
    }

    package func hasLateValues(flow: String) throws -> Bool {
        try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM late_value WHERE flow = ?)", arguments: [flow]) ?? false
    }
}
