package import Domain
import GRDB

/// One decision of a person. Each entry carries the hash of the one before, so that a gap or an edit shows.
package struct AuditEntry: Hashable, Sendable {
    package var number: Int64
    package var at: UTCInstant
    package var who: String
    package var action: String
    package var subject: String
    package var detail: String
    package var previous: String
    package var hash: String

    init(_ row: Row) {
        number = row["id"]
        at = UTCInstant(milliseconds: row["at"])
        who = row["who"]
        action = row["action"]
        subject = row["subject"]
        detail = row["detail"]
        previous = row["previous"]
        hash = row["hash"]
    }

    /// What the hash is of. Lengths stand before the fields: no text can pass from one into the next.
    static func content(previous: String, at: Int64, who: String, action: String, subject: String, detail: String) -> String {
        [previous, String(at), who, action, subject, detail].map { "\($0.utf8.count):\($0)" }.joined()
    }
}

/// What came of checking the audit log from its first entry to its last.
package struct AuditCheck: Hashable, Sendable {
    package var entries = 0
    /// The hash of the last entry; whoever writes it down outside can prove later that nothing up to it was changed.
    package var head = ""
    /// What is wrong, in words, at the entry's number.
    package var faults: [Fault] = []

    package struct Fault: Hashable, Sendable {
        package var number: Int64
        package var text: String
    }

    init() {}
}

extension LedgerReader {
    /// The latest decisions, newest first.
    package func audit(limit: Int) throws -> [AuditEntry] {
        try Row.fetchAll(db, sql: "SELECT * FROM audit ORDER BY id DESC LIMIT ?", arguments: [limit]).map(AuditEntry.init)
    }

    /// Decisions before an entry, newest first; of one person or one kind where that is asked for.
    package func audit(before number: Int64, who: String?, action: String?, limit: Int) throws -> [AuditEntry] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT * FROM audit WHERE id < ?1 AND (?2 IS NULL OR who = ?2 OR who LIKE ?2 || ' (%') AND (?3 IS NULL OR action = ?3)
                ORDER BY id DESC LIMIT ?4
                """,
            arguments: [number, who, action, limit]
        ).map(AuditEntry.init)
    }

    /// Checks that each entry is as it was written, follows the one before without a gap, and that the last one is still there.
    ///
    /// Found are edits, entries that were taken out or put in between, and a cut end. Somebody who rewrites the whole chain and
    /// its end, with the ledger's file in hand, is found only by a hash that was noted elsewhere.
    /// - Parameters:
    ///   - expected: the hash of an entry that must be among them.
    ///   - digest: as for `LedgerWriter.audit`.
    package func checkAudit(expecting expected: String? = nil, digest: (_ text: String) -> ContentHash) throws -> AuditCheck {
        var check = AuditCheck()
        var last: (number: Int64, hash: String) = (0, "")
        var isExpectedFound = expected == nil
        let rows = try Row.fetchCursor(db, sql: "SELECT * FROM audit ORDER BY id")
        while let entry = try rows.next().map(AuditEntry.init) {
            func fault(_ text: String) { check.faults.append(.init(number: entry.number, text: text)) }
            if entry.number != last.number + 1 {
                let missing = last.number + 1...max(last.number + 1, entry.number - 1)
                fault(
                    missing.count == 1
                        ? "entry \(missing.lowerBound) is missing before it"
                        : "entries \(missing.lowerBound) to \(missing.upperBound) are missing before it")
            }
            if entry.previous != last.hash { fault("it does not follow the entry before it") }
            let content = AuditEntry.content(
                previous: entry.previous, at: entry.at.milliseconds, who: entry.who, action: entry.action, subject: entry.subject,
                detail: entry.detail)
            if entry.hash != digest(content).hex { fault("it is not as it was written") }
            if entry.hash == expected { isExpectedFound = true }
            last = (entry.number, entry.hash)
            check.entries += 1
        }
        check.head = last.hash
        let noted = try memory(flow: "", name: LedgerWriter.auditHead)?.split(separator: " ").map(String.init) ?? []
        if let number = noted.first.flatMap({ Int64($0) }), number > last.number {
            check.faults.append(.init(number: last.number, text: "it is the last one, and \(number - last.number) more were written after it"))
        } else if noted.last ?? "" != last.hash {
            check.faults.append(.init(number: last.number, text: "it is not the entry that was written last"))
        }
        if !isExpectedFound {
            check.faults.append(.init(number: last.number, text: "no entry up to it has the expected hash \(expected ?? "")"))
        }
        return check
    }
}

extension LedgerWriter {
    /// Where the last entry is noted beside the log, so that a cut end shows.
    static let auditHead = "audit.head"

    /// Writes down who did what, in the transaction that does it (reliability J3). `digest` is SHA-256.
    package func audit(
        _ action: String, of subject: String, by who: String, detail: String = "", at now: UTCInstant,
        digest: (_ text: String) -> ContentHash
    ) throws {
        let previous = try String.fetchOne(db, sql: "SELECT hash FROM audit ORDER BY id DESC LIMIT 1") ?? ""
        let content = AuditEntry.content(
            previous: previous, at: now.milliseconds, who: who, action: action, subject: subject, detail: detail)
        let hash = digest(content).hex
        try db.execute(
            sql: "INSERT INTO audit (at, who, action, subject, detail, previous, hash) VALUES (?, ?, ?, ?, ?, ?, ?)",
            arguments: [now.milliseconds, who, action, subject, detail, previous, hash]
        )
        try remember(flow: "", name: Self.auditHead, value: "\(db.lastInsertedRowID) \(hash)")
    }
}
