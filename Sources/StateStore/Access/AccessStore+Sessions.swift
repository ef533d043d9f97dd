package import Domain
import GRDB

extension AccessStore {
    // MARK: Links that are good for once

    /// A link for a person: to choose a password, or, for a demonstration, to sign in at once. Earlier ones of the person end.
    package func add(link id: String, for user: String, signsIn: Bool, expires: UTCInstant) throws {
        try write { db in
            try db.execute(sql: "DELETE FROM link WHERE user = ?", arguments: [user])
            try db.execute(
                sql: "INSERT INTO link (id, user, expires, signs_in) VALUES (?, ?, ?, ?)", arguments: [id, user, expires.milliseconds, signsIn])
        }
    }

    /// Whose link it is, while it is good.
    package func link(_ id: String, at now: UTCInstant) throws -> (user: AccessUser, signsIn: Bool)? {
        try read { try Self.link(id, at: now, $0) }
    }

    /// Uses a link up; `nil` where it was used, has run out, or its person is locked.
    package func use(link id: String, at now: UTCInstant) throws -> (user: AccessUser, signsIn: Bool)? {
        try write { db in
            let found = try Self.link(id, at: now, db)
            if found != nil { try db.execute(sql: "DELETE FROM link WHERE id = ?", arguments: [id]) }
            return found
        }
    }

    private static func link(_ id: String, at now: UTCInstant, _ db: Database) throws -> (user: AccessUser, signsIn: Bool)? {
        guard let row = try Row.fetchOne(db, sql: "SELECT * FROM link WHERE id = ? AND expires > ?", arguments: [id, now.milliseconds]),
            let user = try user(row["user"], db), !user.isLocked
        else { return nil }
        return (user, row["signs_in"])
    }

    // MARK: Sessions

    package func add(_ session: AccessSession) throws {
        try write { db in
            try db.execute(
                sql: "INSERT INTO session (id, user, created, seen, proven, address) VALUES (?, ?, ?, ?, ?, ?)",
                arguments: [
                    session.id, session.user, session.created.milliseconds, session.seen.milliseconds, session.proven.milliseconds, session.address,
                ])
            try db.execute(sql: "UPDATE user SET last_sign_in = ? WHERE name = ?", arguments: [session.created.milliseconds, session.user])
        }
    }

    /// A session with its person as both are now; `nil` where it ended or the person is locked.
    package func session(_ id: String) throws -> (session: AccessSession, user: AccessUser)? {
        try read { db in
            guard let row = try Row.fetchOne(db, sql: "SELECT * FROM session WHERE id = ?", arguments: [id]),
                let user = try Self.user(row["user"], db), !user.isLocked
            else { return nil }
            return (AccessSession(row), user)
        }
    }

    package func sessions(of user: String) throws -> [AccessSession] {
        try read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM session WHERE user = ? ORDER BY created", arguments: [user]).map(AccessSession.init)
        }
    }

    package func touch(session id: String, at now: UTCInstant) throws {
        try write { try $0.execute(sql: "UPDATE session SET seen = ? WHERE id = ?", arguments: [now.milliseconds, id]) }
    }

    /// The person has proven who they are: the session goes on under a new name, and the old cookie is worth nothing.
    package func renew(session id: String, as new: String, provenAt now: UTCInstant) throws {
        try write {
            try $0.execute(
                sql: "UPDATE session SET id = ?, proven = ?, seen = ? WHERE id = ?", arguments: [new, now.milliseconds, now.milliseconds, id])
        }
    }

    package func end(session id: String) throws { try write { try $0.execute(sql: "DELETE FROM session WHERE id = ?", arguments: [id]) } }

    package func endSessions(of user: String) throws {
        try write { try $0.execute(sql: "DELETE FROM session WHERE user = ?", arguments: [user]) }
    }

    // MARK: Browsers that were signed in from before

    package func note(device id: String, of user: String, at now: UTCInstant) throws {
        try write { db in
            try db.execute(
                sql: "INSERT INTO device (id, user, seen) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET user = excluded.user, seen = excluded.seen",
                arguments: [id, user, now.milliseconds])
        }
    }

    package func isKnown(device id: String, of user: String) throws -> Bool {
        try read { try Bool.fetchOne($0, sql: "SELECT EXISTS (SELECT 1 FROM device WHERE id = ? AND user = ?)", arguments: [id, user]) ?? false }
    }

    // MARK: Failed attempts

    /// How often a subject (a name, an address) has failed since it last succeeded, and when last.
    package func attempts(of subject: String) throws -> (failures: Int, last: UTCInstant)? {
        try read { db in
            try Row.fetchOne(db, sql: "SELECT * FROM attempt WHERE subject = ?", arguments: [subject])
                .map { ($0["failures"], UTCInstant(milliseconds: $0["last"])) }
        }
    }

    package func noteFailure(of subjects: [String], at now: UTCInstant) throws {
        try write { db in
            for subject in subjects {
                try db.execute(
                    sql: """
                        INSERT INTO attempt (subject, failures, last) VALUES (?, 1, ?)
                        ON CONFLICT (subject) DO UPDATE SET failures = failures + 1, last = excluded.last
                        """,
                    arguments: [subject, now.milliseconds])
            }
        }
    }

    package func forgetFailures(of subjects: [String]) throws {
        try write { db in
            for subject in subjects { try db.execute(sql: "DELETE FROM attempt WHERE subject = ?", arguments: [subject]) }
        }
    }

    // MARK: What happened

    package func log(_ event: AccessEvent) throws {
        try write { db in
            try db.execute(
                sql: "INSERT INTO access (at, who, address, what, detail) VALUES (?, ?, ?, ?, ?)",
                arguments: [event.at.milliseconds, event.who, event.address, event.what, event.detail])
        }
    }

    package func events(limit: Int) throws -> [AccessEvent] {
        try read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM access ORDER BY id DESC LIMIT ?", arguments: [limit]).map { row in
                AccessEvent(
                    at: UTCInstant(milliseconds: row["at"]), who: row["who"], address: row["address"], what: row["what"], detail: row["detail"])
            }
        }
    }

    /// What is past its time goes: sessions, links, attempts of a day ago, events.
    package func expire(at now: UTCInstant, sessions: Duration, events: Duration) throws {
        try write { db in
            try db.execute(sql: "DELETE FROM session WHERE created < ?", arguments: [now.adding(.zero - sessions).milliseconds])
            for table in ["link", "token"] { try db.execute(sql: "DELETE FROM \(table) WHERE expires < ?", arguments: [now.milliseconds]) }
            try db.execute(sql: "DELETE FROM attempt WHERE last < ?", arguments: [now.adding(.seconds(-86_400)).milliseconds])
            try db.execute(sql: "DELETE FROM access WHERE at < ?", arguments: [now.adding(.zero - events).milliseconds])
        }
    }
}

extension AccessSession {
    init(_ row: Row) {
        self.init(
            id: row["id"], user: row["user"], created: UTCInstant(milliseconds: row["created"]), seen: UTCInstant(milliseconds: row["seen"]),
            proven: UTCInstant(milliseconds: row["proven"]), address: row["address"])
    }
}
