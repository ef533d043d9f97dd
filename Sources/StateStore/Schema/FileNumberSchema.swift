import GRDB

/// Schema 9: the senders' numbers of files, and those that never came.
enum FileNumberSchema {
    static func create(_ db: Database) throws {
        // Since the sender last began anew.
        try db.execute(
            sql: """
                CREATE TABLE file_number (
                  flow TEXT NOT NULL, number INTEGER NOT NULL, hash TEXT NOT NULL, run INTEGER NOT NULL, PRIMARY KEY (flow, number)
                ) STRICT, WITHOUT ROWID
                """)
        try db.execute(
            sql: """
                CREATE TABLE file_gap (
                  flow TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL CHECK (last >= first), run INTEGER NOT NULL,
                  since INTEGER NOT NULL, note TEXT NOT NULL, PRIMARY KEY (flow, first, last)
                ) STRICT, WITHOUT ROWID
                """)
    }
}
