import GRDB

/// Schema 5: what the time of a run went into.
enum RunTimeSchema {
    static func create(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE run_time (
                  run INTEGER NOT NULL REFERENCES run (id), phase TEXT NOT NULL CHECK (phase IN ('reading', 'planning', 'asking', 'writing')),
                  milliseconds INTEGER NOT NULL CHECK (milliseconds >= 0), PRIMARY KEY (run, phase)
                ) STRICT, WITHOUT ROWID
                """)
    }
}
