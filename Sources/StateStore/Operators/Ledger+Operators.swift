package import Domain
import GRDB

extension LedgerReader {
    package func memory(flow: String, name: String) throws -> String? {
        try String.fetchOne(db, sql: "SELECT value FROM memory WHERE flow = ? AND name = ?", arguments: [flow, name])
    }

    package func audit(limit: Int) throws -> [AuditEntry] {
        try Row.fetchAll(db, sql: "SELECT * FROM audit ORDER BY id DESC LIMIT ?", arguments: [limit]).map(AuditEntry.init)
    }
}

extension LedgerWriter {
    /// Something learnt that spares the next run the learning (a batch size); never anything the result depends on.
    package func remember(flow: String, name: String, value: String) throws {
        try db.execute(
            sql: """
                INSERT INTO memory (flow, name, value) VALUES (?, ?, ?)
                ON CONFLICT (flow, name) DO UPDATE SET value = excluded.value
                """,
            arguments: [flow, name, value]
        )
    }
}

/// One decision of a person. Each entry carries the hash of the one before, so that a gap or an edit shows.
package struct AuditEntry: Hashable, Sendable {
    package var at: UTCInstant
    package var who: String
    package var action: String
    package var subject: String
    package var detail: String
    package var previous: String
    package var hash: String

    init(_ row: Row) {
        at = UTCInstant(milliseconds: row["at"])
        who = row["who"]
        action = row["action"]
        subject = row["subject"]
        detail = row["detail"]
        previous = row["previous"]
        hash = row["hash"]
    }
}

extension LedgerWriter {
    /// Writes down who did what, in the transaction that does it (reliability J3). `digest` is SHA-256.
    package func audit(
        _ action: String, of subject: String, by who: String, detail: String = "", at now: UTCInstant,
        digest: (_ text: String) -> ContentHash
    ) throws {
        let previous = try String.fetchOne(db, sql: "SELECT hash FROM audit ORDER BY id DESC LIMIT 1") ?? ""
        let content = [previous, String(now.milliseconds), who, action, subject, detail].joined(separator: "\u{1F}")
        try db.execute(
            sql: "INSERT INTO audit (at, who, action, subject, detail, previous, hash) VALUES (?, ?, ?, ?, ?, ?, ?)",
            arguments: [now.milliseconds, who, action, subject, detail, previous, digest(content).hex]
        )
    }
}
