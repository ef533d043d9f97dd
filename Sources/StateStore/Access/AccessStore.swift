import Domain
import Foundation
import GRDB

/// Who may use the console: people, roles, sessions, failed attempts and what happened at the door. One file, `console.db`, for all shops
/// of a console; no shop's ledger knows of it.
///
/// Every request asks it, so that a lock or a sign-out counts at once, whichever process made it.
package final class AccessStore: Sendable {
    let queue: DatabaseQueue
    package let path: String

    package init(path: String) throws {
        self.path = path
        // For its owner alone from its first byte on.
        if !FileManager.default.fileExists(atPath: path) {
            _ = FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
        }
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA journal_mode = WAL")
            try db.execute(sql: "PRAGMA synchronous = FULL")
            try db.execute(sql: "PRAGMA foreign_keys = ON")
            try db.execute(sql: "PRAGMA secure_delete = ON")
        }
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
            var migrator = DatabaseMigrator()
            migrator.registerMigration("1-access") { try AccessSchema.create($0) }
            migrator.registerMigration("2-tokens") { db in
                try db.execute(
                    sql: """
                        CREATE TABLE token (
                          id TEXT PRIMARY KEY, user TEXT NOT NULL REFERENCES user (name) ON DELETE CASCADE, label TEXT NOT NULL,
                          created INTEGER NOT NULL, expires INTEGER NOT NULL
                        ) STRICT, WITHOUT ROWID
                        """)
            }
            if try queue.read(migrator.hasBeenSuperseded) {
                throw Diagnostic(
                    "ACCESS-NEWER", "the list of users was written by a newer version of tallyman", at: .init(file: path),
                    fix: "install that version again")
            }
            try migrator.migrate(queue)
        } catch let error as DatabaseError {
            throw Self.diagnostic(error, path: path)
        }
    }

    func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
        do { return try queue.read(body) } catch let error as DatabaseError { throw Self.diagnostic(error, path: path) }
    }

    func write<Result>(_ body: (Database) throws -> Result) throws -> Result {
        do { return try queue.write(body) } catch let error as DatabaseError { throw Self.diagnostic(error, path: path) }
    }

    private static func diagnostic(_ error: DatabaseError, path: String) -> Diagnostic {
        Diagnostic(
            "ACCESS-STORE", "the list of users cannot be used: \(error.resultCode)", at: .init(file: path),
            fix: "it must be owned by the user that runs tallyman, mode 0600, on a disk with room; nothing was changed", kind: .transient)
    }
}

enum AccessSchema {
    static func create(_ db: Database) throws {
        for statement in statements { try db.execute(sql: statement) }
    }

    private static let statements = [
        """
        CREATE TABLE user (
          name TEXT PRIMARY KEY, admin INTEGER NOT NULL CHECK (admin IN (0, 1)), password TEXT, factor BLOB,
          factor_step INTEGER NOT NULL DEFAULT 0, locked INTEGER NOT NULL DEFAULT 0 CHECK (locked IN (0, 1)),
          created INTEGER NOT NULL, last_sign_in INTEGER
        ) STRICT
        """,
        """
        CREATE TABLE user_grant (
          user TEXT NOT NULL REFERENCES user (name) ON DELETE CASCADE, shop TEXT NOT NULL,
          role TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'approver')), people INTEGER NOT NULL CHECK (people IN (0, 1)),
          PRIMARY KEY (user, shop)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE link (
          id TEXT PRIMARY KEY, user TEXT NOT NULL REFERENCES user (name) ON DELETE CASCADE, expires INTEGER NOT NULL,
          signs_in INTEGER NOT NULL CHECK (signs_in IN (0, 1))
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE session (
          id TEXT PRIMARY KEY, user TEXT NOT NULL REFERENCES user (name) ON DELETE CASCADE, created INTEGER NOT NULL,
          seen INTEGER NOT NULL, proven INTEGER NOT NULL, address TEXT NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE TABLE recovery (id TEXT NOT NULL, user TEXT NOT NULL REFERENCES user (name) ON DELETE CASCADE, PRIMARY KEY (user, id)) STRICT, WITHOUT ROWID",
        "CREATE TABLE device (id TEXT PRIMARY KEY, user TEXT NOT NULL REFERENCES user (name) ON DELETE CASCADE, seen INTEGER NOT NULL) STRICT, WITHOUT ROWID",
        "CREATE TABLE attempt (subject TEXT PRIMARY KEY, failures INTEGER NOT NULL, last INTEGER NOT NULL) STRICT, WITHOUT ROWID",
        """
        CREATE TABLE access (
          id INTEGER PRIMARY KEY, at INTEGER NOT NULL, who TEXT NOT NULL, address TEXT NOT NULL, what TEXT NOT NULL, detail TEXT NOT NULL
        ) STRICT
        """,
        "CREATE INDEX access_at ON access (at)",
    ]
}
