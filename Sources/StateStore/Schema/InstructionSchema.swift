import GRDB

/// Schema 3: orders of people in the console.
enum InstructionSchema {
    static func create(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE instruction (
                  id INTEGER PRIMARY KEY, token TEXT NOT NULL UNIQUE, at INTEGER NOT NULL, who TEXT NOT NULL,
                  action TEXT NOT NULL CHECK (action IN ('approve', 'discard', 'retry')), flow TEXT NOT NULL, subject TEXT NOT NULL,
                  seen TEXT NOT NULL, because TEXT NOT NULL,
                  state TEXT NOT NULL CHECK (state IN ('waiting', 'taken', 'decided', 'done', 'refused', 'failed', 'withdrawn')),
                  taken INTEGER, ended INTEGER, text TEXT, run INTEGER REFERENCES run (id)
                ) STRICT
                """)
        try db.execute(sql: "CREATE INDEX instruction_open ON instruction (flow, id) WHERE state IN ('waiting', 'taken', 'decided')")
        try db.execute(sql: "CREATE INDEX instruction_run ON instruction (run) WHERE run IS NOT NULL")
    }
}
