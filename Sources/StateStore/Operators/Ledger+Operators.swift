package import Domain
import GRDB

/// What the last applied snapshot of a flow was: the yardstick for duplicates, late files and gates (reliability B2).
package struct AppliedSnapshot: Hashable, Sendable {
    package var run: Int64
    package var hash: ContentHash
    /// Fingerprint of profile and settings: the same bytes under another mapping are not the same content.
    package var profile: String
    package var version: UTCInstant
    package var sequence: Int64?
    package var records: Int
    package var header: [String]

    package init(
        run: Int64, hash: ContentHash, profile: String, version: UTCInstant, sequence: Int64?, records: Int, header: [String]
    ) {
        self.run = run
        self.hash = hash
        self.profile = profile
        self.version = version
        self.sequence = sequence
        self.records = records
        self.header = header
    }
}

extension LedgerReader {
    package func appliedSnapshot(flow: String, entity: String) throws -> AppliedSnapshot? {
        try Row.fetchOne(
            db, sql: "SELECT * FROM applied_snapshot WHERE flow = ? AND entity = ?", arguments: [flow, entity]
        ).flatMap { row in
            guard let hash = ContentHash(hex: row["hash"]) else { return nil }
            return AppliedSnapshot(
                run: row["run"], hash: hash, profile: row["profile"], version: UTCInstant(milliseconds: row["version"]),
                sequence: row["sequence"], records: row["records"],
                header: (row["header"] as String).split(separator: "\u{1F}", omittingEmptySubsequences: false).map(String.init)
            )
        }
    }

    package func memory(flow: String, name: String) throws -> String? {
        try String.fetchOne(db, sql: "SELECT value FROM memory WHERE flow = ? AND name = ?", arguments: [flow, name])
    }

    package func audit(limit: Int) throws -> [AuditEntry] {
        try Row.fetchAll(db, sql: "SELECT * FROM audit ORDER BY id DESC LIMIT ?", arguments: [limit]).map(AuditEntry.init)
    }
}

extension LedgerWriter {
    package func setAppliedSnapshot(_ snapshot: AppliedSnapshot, flow: String, entity: String) throws {
        try db.execute(
            sql: """
                INSERT INTO applied_snapshot (flow, entity, run, hash, profile, version, sequence, records, header)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (flow, entity) DO UPDATE SET run = excluded.run, hash = excluded.hash, profile = excluded.profile,
                  version = excluded.version, sequence = excluded.sequence, records = excluded.records, header = excluded.header
                """,
            arguments: [
                flow, entity, snapshot.run, snapshot.hash.hex, snapshot.profile, snapshot.version.milliseconds,
                snapshot.sequence, snapshot.records, snapshot.header.joined(separator: "\u{1F}"),
            ]
        )
    }

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
