import GRDB

/// The tables of the unattended service: slots, alarms, notices, what was observed. Every one of them is bounded: slots and
/// samples by age, alarms by the number of causes, readings by the number of subjects.
enum ServiceSchema {
    static func create(_ db: Database) throws {
        for statement in statements { try db.execute(sql: statement) }
    }

    private static let statements = [
        // A row stands for one slot that was started, or for `count` missed ones from `due` to `last`.
        """
        CREATE TABLE slot (
          flow TEXT NOT NULL, due INTEGER NOT NULL, reason TEXT NOT NULL, last INTEGER NOT NULL,
          count INTEGER NOT NULL CHECK (count > 0),
          state TEXT NOT NULL CHECK (state IN ('started', 'ended', 'missed')),
          started INTEGER, ended INTEGER, note TEXT NOT NULL, PRIMARY KEY (flow, due, reason)
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE TABLE slot_cursor (flow TEXT PRIMARY KEY, through INTEGER NOT NULL, schedule TEXT NOT NULL) STRICT",
        """
        CREATE TABLE alarm (
          code TEXT NOT NULL, subject TEXT NOT NULL, severity TEXT NOT NULL CHECK (severity IN ('amber', 'red')),
          since INTEGER NOT NULL, text TEXT NOT NULL, opened INTEGER, covered INTEGER, PRIMARY KEY (code, subject)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE notice (
          id INTEGER PRIMARY KEY, telling TEXT NOT NULL CHECK (telling IN ('opened', 'worsened', 'recovered')),
          code TEXT NOT NULL, subject TEXT NOT NULL, severity TEXT NOT NULL, since INTEGER NOT NULL, text TEXT NOT NULL,
          at INTEGER NOT NULL, delivered INTEGER, attempts INTEGER NOT NULL DEFAULT 0, trouble TEXT
        ) STRICT
        """,
        "CREATE INDEX notice_open ON notice (id) WHERE delivered IS NULL",
        // The latest of each kind and subject.
        """
        CREATE TABLE reading (
          kind TEXT NOT NULL, subject TEXT NOT NULL, at INTEGER NOT NULL, value INTEGER NOT NULL, text TEXT NOT NULL,
          since INTEGER NOT NULL, PRIMARY KEY (kind, subject)
        ) STRICT, WITHOUT ROWID
        """,
        // Added up in spans of time.
        """
        CREATE TABLE sample (
          kind TEXT NOT NULL, subject TEXT NOT NULL, at INTEGER NOT NULL, value INTEGER NOT NULL,
          PRIMARY KEY (kind, subject, at)
        ) STRICT, WITHOUT ROWID
        """,
        // The newest event time that was applied of each part of a flow's data, such as a warehouse.
        """
        CREATE TABLE watermark (
          flow TEXT NOT NULL, entity TEXT NOT NULL, feed TEXT NOT NULL, version INTEGER NOT NULL,
          PRIMARY KEY (flow, entity, feed)
        ) STRICT, WITHOUT ROWID
        """,
    ]
}
