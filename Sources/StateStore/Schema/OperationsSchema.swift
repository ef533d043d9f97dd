import GRDB

/// Schema 4: orders of every kind, who cares for an alarm, and flows that are paused.
enum OperationsSchema {
    static func create(_ db: Database) throws {
        for statement in instructions + people { try db.execute(sql: statement) }
    }

    /// SQLite cannot widen a CHECK, so the table is made anew. Which actions there are is the program's matter from here on.
    private static let instructions = [
        """
        CREATE TABLE instruction_anew (
          id INTEGER PRIMARY KEY, token TEXT NOT NULL UNIQUE, at INTEGER NOT NULL, who TEXT NOT NULL,
          action TEXT NOT NULL, flow TEXT NOT NULL, subject TEXT NOT NULL, seen TEXT NOT NULL, because TEXT NOT NULL,
          state TEXT NOT NULL CHECK (state IN ('waiting', 'taken', 'decided', 'done', 'refused', 'failed', 'withdrawn')),
          taken INTEGER, ended INTEGER, text TEXT, run INTEGER REFERENCES run (id)
        ) STRICT
        """,
        """
        INSERT INTO instruction_anew (id, token, at, who, action, flow, subject, seen, because, state, taken, ended, text, run)
        SELECT id, token, at, who, action, flow, subject, seen, because, state, taken, ended, text, run FROM instruction
        """,
        "DROP TABLE instruction",
        "ALTER TABLE instruction_anew RENAME TO instruction",
        "CREATE INDEX instruction_open ON instruction (flow, id) WHERE state IN ('waiting', 'taken', 'decided')",
        "CREATE INDEX instruction_run ON instruction (run) WHERE run IS NOT NULL",
    ]

    private static let people = [
        // Who corrected a record, and who brought a run about by an order or by such a correction: they do not decide on it alone.
        "ALTER TABLE record_outcome ADD COLUMN edited_by TEXT",
        "CREATE TABLE run_maker (run INTEGER NOT NULL REFERENCES run (id), who TEXT NOT NULL, PRIMARY KEY (run, who)) STRICT, WITHOUT ROWID",
        // Of one occurrence of an alarm: `since` and the severity that it had when somebody spoke of it.
        """
        CREATE TABLE alarm_care (
          code TEXT NOT NULL, subject TEXT NOT NULL, since INTEGER NOT NULL, severity TEXT NOT NULL CHECK (severity IN ('amber', 'red')),
          acknowledged_by TEXT, acknowledged_at INTEGER, snoozed_by TEXT, snoozed_at INTEGER, snoozed_until INTEGER, because TEXT NOT NULL,
          PRIMARY KEY (code, subject)
        ) STRICT, WITHOUT ROWID
        """,
        // A pause always has an end; one that was ended before carries the moment of that. The latest of each flow stays.
        """
        CREATE TABLE flow_pause (
          flow TEXT PRIMARY KEY, who TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL CHECK (until > since), because TEXT NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
    ]
}
