package import Domain
import Foundation
import GRDB

extension LedgerWriter {
    /// Writes a mail down for sending. Answers its number.
    @discardableResult
    package func enqueue(_ mail: OutboxMail, at now: UTCInstant) throws -> Int64 {
        try db.execute(
            sql: "INSERT INTO mail (message_id, severity, subject, content, written) VALUES (?, ?, ?, ?, ?)",
            arguments: [mail.messageID, mail.severity, mail.subject, Data(mail.content), now.milliseconds]
        )
        let id = db.lastInsertedRowID
        for recipient in mail.recipients {
            try db.execute(
                sql: "INSERT OR IGNORE INTO mail_copy (mail, recipient, state, next_try) VALUES (?, ?, 'waiting', ?)",
                arguments: [id, recipient, now.milliseconds]
            )
        }
        return id
    }

    /// Takes the copies whose time has come, each for the length of `patience`: another process leaves them alone until then,
    /// and if this one dies they are tried again.
    package func claimMail(now: UTCInstant, patience: Duration, limit: Int = 20) throws -> [MailCopy] {
        let copies = try Row.fetchAll(
            db,
            sql: """
                SELECT c.*, m.subject, m.content, m.written FROM mail_copy c JOIN mail m ON m.id = c.mail
                WHERE c.state = 'waiting' AND c.next_try <= ? ORDER BY c.next_try, c.mail LIMIT ?
                """,
            arguments: [now.milliseconds, limit]
        ).compactMap(MailCopy.init)
        for copy in copies {
            try db.execute(
                sql: "UPDATE mail_copy SET attempts = attempts + 1, next_try = ? WHERE mail = ? AND recipient = ?",
                arguments: [now.adding(patience).milliseconds, copy.mail, copy.recipient]
            )
        }
        return copies
    }

    /// What became of a claimed copy. `nextTry` counts only where it still waits.
    package func settle(
        _ copy: MailCopy, as state: MailCopy.State, answer: String?, nextTry: UTCInstant? = nil, at now: UTCInstant
    ) throws {
        try db.execute(
            sql: """
                UPDATE mail_copy SET state = ?, answer = ?, next_try = coalesce(?, next_try), settled = ?
                WHERE mail = ? AND recipient = ? AND state = 'waiting'
                """,
            arguments: [
                state.rawValue, answer, nextTry?.milliseconds, state == .waiting ? nil : now.milliseconds, copy.mail, copy.recipient,
            ]
        )
    }

    /// Sends refused and given-up copies on their way again, by a person's order. Answers how many.
    package func requeueMail(at now: UTCInstant) throws -> Int {
        try db.execute(
            sql: "UPDATE mail_copy SET state = 'waiting', attempts = 0, next_try = ?, settled = NULL WHERE state IN ('refused', 'given_up')",
            arguments: [now.milliseconds]
        )
        return db.changesCount
    }

    /// Forgets mails that were settled before `moment`.
    package func forgetMail(settledBefore moment: UTCInstant, now: UTCInstant? = nil) throws {
        try db.execute(
            sql: """
                DELETE FROM mail WHERE written < ?1
                  AND id < ?2 AND NOT EXISTS
                  (SELECT 1 FROM mail_copy c WHERE c.mail = mail.id AND (c.state = 'waiting' OR c.settled >= ?1))
                """,
            arguments: [moment.milliseconds, try reader.firstMail(since: moment, now)]
        )
    }
}

extension LedgerReader {
    package func hasMail(messageID: String) throws -> Bool {
        try Bool.fetchOne(db, sql: "SELECT count(*) > 0 FROM mail WHERE message_id = ?", arguments: [messageID]) ?? false
    }

    /// Copies in a state, oldest first.
    package func mailCopies(in state: MailCopy.State, limit: Int = 100) throws -> [MailCopy] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT c.*, m.subject, m.content, m.written FROM mail_copy c JOIN mail m ON m.id = c.mail
                WHERE c.state = ? ORDER BY c.mail, c.recipient LIMIT ?
                """,
            arguments: [state.rawValue, limit]
        ).compactMap(MailCopy.init)
    }
}

extension MailCopy {
    fileprivate init?(_ row: Row) {
        guard let state = State(rawValue: row["state"]) else { return nil }
        let content: Data = row["content"]
        self.init(
            mail: row["mail"], recipient: row["recipient"], subject: row["subject"], content: Array(content), state: state,
            attempts: row["attempts"], written: UTCInstant(milliseconds: row["written"]),
            nextTry: UTCInstant(milliseconds: row["next_try"]), answer: row["answer"])
    }
}
