package import Domain
import Foundation
import GRDB

extension AccessStore {
    package func users() throws -> [AccessUser] {
        try read { db in try Row.fetchAll(db, sql: "SELECT * FROM user ORDER BY name").map { try AccessUser($0, db) } }
    }

    package func user(_ name: String) throws -> AccessUser? {
        try read { db in try Self.user(name, db) }
    }

    static func user(_ name: String, _ db: Database) throws -> AccessUser? {
        try Row.fetchOne(db, sql: "SELECT * FROM user WHERE name = ?", arguments: [name]).map { try AccessUser($0, db) }
    }

    /// Throws `USER-EXISTS`.
    package func add(user name: String, isAdmin: Bool, grants: [AccessGrant], at now: UTCInstant) throws {
        try write { db in
            guard try Self.user(name, db) == nil else {
                throw Diagnostic(
                    "USER-EXISTS", "there is a user \(Escaped(name)) already", fix: "`tallyman user list` shows all; nothing was changed")
            }
            try db.execute(sql: "INSERT INTO user (name, admin, created) VALUES (?, ?, ?)", arguments: [name, isAdmin, now.milliseconds])
            for grant in grants { try Self.set(grant, of: name, db) }
        }
    }

    /// Gives a role in a shop, in place of the one before. A lower role counts from the next request on.
    package func set(grant: AccessGrant, of name: String) throws {
        try write { db in
            try Self.require(name, db)
            try Self.set(grant, of: name, db)
        }
    }

    private static func set(_ grant: AccessGrant, of name: String, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO user_grant (user, shop, role, people) VALUES (?, ?, ?, ?)
                ON CONFLICT (user, shop) DO UPDATE SET role = excluded.role, people = excluded.people
                """,
            arguments: [name, grant.shop, grant.role.rawValue, grant.seesPeople])
    }

    package func remove(grantIn shop: String, of name: String) throws {
        try write { db in
            try Self.require(name, db)
            try db.execute(sql: "DELETE FROM user_grant WHERE user = ? AND shop = ?", arguments: [name, shop])
        }
    }

    package func set(admin isAdmin: Bool, of name: String) throws {
        try write { db in
            try Self.require(name, db)
            try db.execute(sql: "UPDATE user SET admin = ? WHERE name = ?", arguments: [isAdmin, name])
        }
    }

    /// Ends every session of a person who is locked, in the same transaction.
    package func set(locked isLocked: Bool, of name: String) throws {
        try write { db in
            try Self.require(name, db)
            try db.execute(sql: "UPDATE user SET locked = ? WHERE name = ?", arguments: [isLocked, name])
            guard isLocked else { return }
            try db.execute(sql: "DELETE FROM session WHERE user = ?", arguments: [name])
            try db.execute(sql: "DELETE FROM link WHERE user = ?", arguments: [name])
        }
    }

    /// Forgets password and second factor and ends every session: a new link is needed to come in again.
    package func reset(user name: String) throws {
        try write { db in
            try Self.require(name, db)
            try db.execute(sql: "UPDATE user SET password = NULL, factor = NULL, factor_step = 0 WHERE name = ?", arguments: [name])
            for table in ["session", "recovery", "device", "link", "token"] {
                try db.execute(sql: "DELETE FROM \(table) WHERE user = ?", arguments: [name])
            }
        }
    }

    /// Sets password and second factor as chosen at the link, and ends every session that there was.
    package func set(password hash: String, factor: [UInt8]?, recovery: [String], of name: String) throws {
        try write { db in
            try Self.require(name, db)
            try db.execute(
                sql: "UPDATE user SET password = ?, factor = ?, factor_step = 0 WHERE name = ?", arguments: [hash, factor.map { Data($0) }, name])
            for table in ["session", "recovery", "device"] { try db.execute(sql: "DELETE FROM \(table) WHERE user = ?", arguments: [name]) }
            for id in recovery { try db.execute(sql: "INSERT INTO recovery (id, user) VALUES (?, ?)", arguments: [id, name]) }
        }
    }

    /// The same password, hashed with the parameters of today.
    package func rehash(_ hash: String, of name: String) throws {
        try write { try $0.execute(sql: "UPDATE user SET password = ? WHERE name = ?", arguments: [hash, name]) }
    }

    /// Each code of an authenticator counts once: answers whether this step, or a later one, was not used yet.
    package func use(factorStep step: Int64, of name: String) throws -> Bool {
        try write { db in
            try db.execute(sql: "UPDATE user SET factor_step = ? WHERE name = ? AND factor_step < ?", arguments: [step, name, step])
            return db.changesCount == 1
        }
    }

    /// Uses a recovery code up.
    package func use(recovery id: String, of name: String) throws -> Bool {
        try write { db in
            try db.execute(sql: "DELETE FROM recovery WHERE user = ? AND id = ?", arguments: [name, id])
            return db.changesCount == 1
        }
    }

    private static func require(_ name: String, _ db: Database) throws {
        guard try user(name, db) != nil else {
            throw Diagnostic("USER-UNKNOWN", "there is no user \(Escaped(name))", fix: "`tallyman user list` shows all; nothing was changed")
        }
    }
}

extension AccessUser {
    init(_ row: Row, _ db: Database) throws {
        let name: String = row["name"]
        let grants = try Row.fetchAll(db, sql: "SELECT * FROM user_grant WHERE user = ? ORDER BY shop", arguments: [name])
        self.init(
            name: name, isAdmin: row["admin"], passwordHash: row["password"], factor: (row["factor"] as Data?).map { Array($0) },
            isLocked: row["locked"], created: UTCInstant(milliseconds: row["created"]),
            lastSignIn: (row["last_sign_in"] as Int64?).map { UTCInstant(milliseconds: $0) },
            grants: grants.compactMap { grant in
                AccessRole(rawValue: grant["role"]).map { AccessGrant(shop: grant["shop"], role: $0, seesPeople: grant["people"]) }
            })
    }
}
