import GRDB

/// Schema 10: what probes found that servers can do, for each server that answered under an endpoint's name; and how the last login of each account
/// ended, so that no flow or process tries what another was just refused.
enum ServerSchema {
    static func create(_ db: Database) throws {
        for statement in statements { try db.execute(sql: statement) }
    }

    private static let statements = [
        """
        CREATE TABLE server_probe (
          endpoint TEXT NOT NULL, identity TEXT NOT NULL, at INTEGER NOT NULL, probe TEXT NOT NULL CHECK (json_valid(probe)),
          PRIMARY KEY (endpoint, identity)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE login (
          account TEXT PRIMARY KEY, credential TEXT NOT NULL, refused INTEGER NOT NULL CHECK (refused >= 0), at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
    ]
}
