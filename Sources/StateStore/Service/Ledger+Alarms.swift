package import Domain
import GRDB

/// Something to tell people: a cause began, became worse, or is over. Each is delivered once.
package struct Notice: Hashable, Sendable {
    package var id: Int64
    package var telling: AlarmBook.Telling
    package var key: AlarmKey
    package var severity: AlarmSeverity
    package var since: UTCInstant
    package var text: String
    package var at: UTCInstant
    package var delivered: UTCInstant?
    package var attempts: Int
    /// Why it could not be delivered so far.
    package var trouble: String?
}

extension LedgerReader {
    /// Every cause that is remembered, told or not.
    package func alarms() throws -> [AlarmBook.Entry] {
        try Row.fetchAll(db, sql: "SELECT * FROM alarm ORDER BY severity DESC, since, code, subject").compactMap { row in
            guard let code = AlarmCode(rawValue: row["code"]), let severity = AlarmSeverity(rawValue: row["severity"]) else {
                return nil
            }
            return AlarmBook.Entry(
                key: AlarmKey(code, row["subject"]), severity: severity, since: UTCInstant(milliseconds: row["since"]),
                text: row["text"], opened: (row["opened"] as Int64?).map { UTCInstant(milliseconds: $0) },
                covered: (row["covered"] as Int64?).map { UTCInstant(milliseconds: $0) }
            )
        }
    }

    /// Notices that nobody has been told yet, oldest first.
    package func undeliveredNotices(limit: Int = 100) throws -> [Notice] {
        try Row.fetchAll(db, sql: "SELECT * FROM notice WHERE delivered IS NULL ORDER BY id LIMIT ?", arguments: [limit])
            .compactMap(Notice.init)
    }

    /// The latest notices, newest first.
    package func recentNotices(limit: Int) throws -> [Notice] {
        try Row.fetchAll(db, sql: "SELECT * FROM notice ORDER BY id DESC LIMIT ?", arguments: [limit]).compactMap(Notice.init)
    }
}

extension LedgerWriter {
    /// Writes down what a look changed: the causes, and the notices they make, in one transaction.
    package func record(_ outcome: AlarmBook.Outcome, at now: UTCInstant) throws {
        for key in outcome.gone {
            try db.execute(
                sql: "DELETE FROM alarm WHERE code = ? AND subject = ?", arguments: [key.code.rawValue, key.subject]
            )
        }
        for entry in outcome.entries {
            try db.cachedStatement(
                sql: """
                    INSERT INTO alarm (code, subject, severity, since, text, opened, covered) VALUES (?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (code, subject) DO UPDATE SET severity = excluded.severity, text = excluded.text,
                      opened = excluded.opened, covered = excluded.covered
                    """
            ).execute(arguments: [
                entry.key.code.rawValue, entry.key.subject, entry.severity.rawValue, entry.since.milliseconds, entry.text,
                entry.opened?.milliseconds, entry.covered?.milliseconds,
            ])
        }
        for told in outcome.told {
            try db.execute(
                sql: "INSERT INTO notice (telling, code, subject, severity, since, text, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    told.telling.rawValue, told.entry.key.code.rawValue, told.entry.key.subject, told.entry.severity.rawValue,
                    told.entry.since.milliseconds, told.entry.text, now.milliseconds,
                ]
            )
        }
    }

    package func setDelivered(notice: Int64, at now: UTCInstant) throws {
        try db.execute(
            sql: "UPDATE notice SET delivered = ?, attempts = attempts + 1, trouble = NULL WHERE id = ? AND delivered IS NULL",
            arguments: [now.milliseconds, notice]
        )
    }

    package func setUndelivered(notice: Int64, because trouble: String) throws {
        try db.execute(
            sql: "UPDATE notice SET attempts = attempts + 1, trouble = ? WHERE id = ? AND delivered IS NULL",
            arguments: [trouble, notice]
        )
    }

    package func forgetNotices(before moment: UTCInstant) throws {
        try db.execute(
            sql: "DELETE FROM notice WHERE at < ? AND delivered IS NOT NULL", arguments: [moment.milliseconds]
        )
    }
}

extension Notice {
    fileprivate init?(_ row: Row) {
        guard let telling = AlarmBook.Telling(rawValue: row["telling"]), let code = AlarmCode(rawValue: row["code"]),
            let severity = AlarmSeverity(rawValue: row["severity"])
        else { return nil }
        self.init(
            id: row["id"], telling: telling, key: AlarmKey(code, row["subject"]), severity: severity,
            since: UTCInstant(milliseconds: row["since"]), text: row["text"], at: UTCInstant(milliseconds: row["at"]),
            delivered: (row["delivered"] as Int64?).map { UTCInstant(milliseconds: $0) }, attempts: row["attempts"],
            trouble: row["trouble"]
        )
    }
}
