package import Domain
import GRDB

/// What people said of an alarm: that they are on it, or that they do not want to be told of it for a while. Neither hides it.
package struct AlarmCare: Hashable, Sendable {
    package struct Word: Hashable, Sendable {
        package var who: String
        package var at: UTCInstant

        package init(who: String, at: UTCInstant) {
            self.who = who
            self.at = at
        }
    }

    package var key: AlarmKey
    /// The alarm's beginning and severity when somebody spoke of it: another occurrence is another matter.
    package var since: UTCInstant
    package var severity: AlarmSeverity
    package var acknowledged: Word?
    package var snoozed: Word?
    /// A snooze always ends.
    package var snoozedUntil: UTCInstant?
    package var because: String

    package init(_ entry: AlarmBook.Entry, because: String = "") {
        key = entry.key
        since = entry.since
        severity = entry.severity
        self.because = because
    }

    /// Whether nobody is told of the alarm at this severity now.
    package func isSilent(at now: UTCInstant, _ severity: AlarmSeverity) -> Bool {
        guard let until = snoozedUntil else { return false }
        return now < until && severity <= self.severity
    }
}

extension LedgerReader {
    package func alarmCare() throws -> [AlarmKey: AlarmCare] {
        let rows = try Row.fetchAll(db, sql: "SELECT * FROM alarm_care").compactMap(AlarmCare.init)
        return Dictionary(rows.map { ($0.key, $0) }) { first, _ in first }
    }
}

extension LedgerWriter {
    package func set(_ care: AlarmCare) throws {
        try db.execute(
            sql: """
                INSERT INTO alarm_care (code, subject, since, severity, acknowledged_by, acknowledged_at, snoozed_by, snoozed_at, snoozed_until, because)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (code, subject) DO UPDATE SET since = excluded.since, severity = excluded.severity,
                  acknowledged_by = excluded.acknowledged_by, acknowledged_at = excluded.acknowledged_at, snoozed_by = excluded.snoozed_by,
                  snoozed_at = excluded.snoozed_at, snoozed_until = excluded.snoozed_until, because = excluded.because
                """,
            arguments: [
                care.key.code.rawValue, care.key.subject, care.since.milliseconds, care.severity.rawValue, care.acknowledged?.who,
                care.acknowledged?.at.milliseconds, care.snoozed?.who, care.snoozed?.at.milliseconds, care.snoozedUntil?.milliseconds, care.because,
            ])
    }

    package func forgetCare(of key: AlarmKey) throws {
        try db.execute(sql: "DELETE FROM alarm_care WHERE code = ? AND subject = ?", arguments: [key.code.rawValue, key.subject])
    }
}

extension AlarmCare {
    fileprivate init?(_ row: Row) {
        guard let code = AlarmCode(rawValue: row["code"]), let severity = AlarmSeverity(rawValue: row["severity"]) else { return nil }
        key = AlarmKey(code, row["subject"])
        since = UTCInstant(milliseconds: row["since"])
        self.severity = severity
        func word(_ who: String?, _ at: Int64?) -> Word? { who.flatMap { who in at.map { Word(who: who, at: UTCInstant(milliseconds: $0)) } } }
        acknowledged = word(row["acknowledged_by"], row["acknowledged_at"])
        snoozed = word(row["snoozed_by"], row["snoozed_at"])
        snoozedUntil = (row["snoozed_until"] as Int64?).map { UTCInstant(milliseconds: $0) }
        because = row["because"]
    }
}
