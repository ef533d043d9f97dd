package import Domain
import GRDB

/// What programs read the console's pages with, as JSON. A token has the rights of its person to look, and none to do anything.
package struct AccessToken: Hashable, Sendable {
    package var user: String
    package var label: String
    package var created: UTCInstant
    package var expires: UTCInstant

    package init(user: String, label: String, created: UTCInstant, expires: UTCInstant) {
        self.user = user
        self.label = label
        self.created = created
        self.expires = expires
    }
}

extension AccessStore {
    /// - Parameter id: the token's hash; the token itself is kept nowhere.
    package func add(token id: String, _ token: AccessToken) throws {
        try write { db in
            guard try Self.user(token.user, db) != nil else {
                throw Diagnostic(
                    "USER-UNKNOWN", "there is no user \(Escaped(token.user))", fix: "`tallyman user list` shows all; nothing was changed")
            }
            try db.execute(
                sql: "INSERT INTO token (id, user, label, created, expires) VALUES (?, ?, ?, ?, ?)",
                arguments: [id, token.user, token.label, token.created.milliseconds, token.expires.milliseconds])
        }
    }

    package func tokens(of user: String) throws -> [AccessToken] {
        try read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM token WHERE user = ? ORDER BY created, id", arguments: [user]).map { row in
                AccessToken(
                    user: row["user"], label: row["label"], created: UTCInstant(milliseconds: row["created"]),
                    expires: UTCInstant(milliseconds: row["expires"]))
            }
        }
    }

    /// Ends a person's tokens, those of a label where one is given. Answers how many.
    package func remove(tokensOf user: String, labelled label: String? = nil) throws -> Int {
        try write { db in
            try db.execute(sql: "DELETE FROM token WHERE user = ?1 AND (?2 IS NULL OR label = ?2)", arguments: [user, label])
            return db.changesCount
        }
    }

    /// The person behind a token, with each of their roles as that of a viewer and nothing can be changed with it; `nil` where it has ended,
    /// or the person is locked.
    package func user(ofToken id: String, at now: UTCInstant) throws -> AccessUser? {
        try read { db in
            guard let row = try Row.fetchOne(db, sql: "SELECT user FROM token WHERE id = ? AND expires > ?", arguments: [id, now.milliseconds]),
                var user = try Self.user(row["user"], db), !user.isLocked
            else { return nil }
            user.grants = user.grants.map { AccessGrant(shop: $0.shop, role: .viewer, seesPeople: $0.seesPeople) }
            return user
        }
    }
}
