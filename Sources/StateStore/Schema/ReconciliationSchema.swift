import GRDB

/// What the shop was found to hold when it was compared with the mirror. Part of schema 1.
enum ReconciliationSchema {
    static let statements = [
        """
        CREATE TABLE reconciliation (
          id INTEGER PRIMARY KEY, flow TEXT NOT NULL, entity TEXT NOT NULL, at INTEGER NOT NULL, scope TEXT NOT NULL,
          checked INTEGER NOT NULL, matched INTEGER NOT NULL, differing INTEGER NOT NULL, missing INTEGER NOT NULL,
          adopted INTEGER NOT NULL CHECK (adopted IN (0, 1)), CHECK (checked = matched + differing + missing)
        ) STRICT
        """,
        "CREATE INDEX reconciliation_flow ON reconciliation (flow, entity, id)",
        """
        CREATE TABLE reconciliation_difference (
          reconciliation INTEGER NOT NULL REFERENCES reconciliation (id) ON DELETE CASCADE, key BLOB NOT NULL,
          wanted BLOB NOT NULL, observed BLOB, PRIMARY KEY (reconciliation, key)
        ) STRICT, WITHOUT ROWID
        """,
        // The orders of one trading day, counted on both sides; a day that is compared again replaces what was found before.
        "CREATE TABLE order_day (flow TEXT NOT NULL, day TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (flow, day)) STRICT, WITHOUT ROWID",
        """
        CREATE TABLE order_stage (
          flow TEXT NOT NULL, day TEXT NOT NULL, stage TEXT NOT NULL, count INTEGER NOT NULL CHECK (count >= 0), sum TEXT NOT NULL,
          PRIMARY KEY (flow, day, stage), FOREIGN KEY (flow, day) REFERENCES order_day (flow, day) ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE order_gap (
          flow TEXT NOT NULL, day TEXT NOT NULL, identity BLOB NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL,
          PRIMARY KEY (flow, day, identity, kind), FOREIGN KEY (flow, day) REFERENCES order_day (flow, day) ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE reconciliation_drift (
          reconciliation INTEGER NOT NULL REFERENCES reconciliation (id) ON DELETE CASCADE, place TEXT NOT NULL,
          higher INTEGER NOT NULL, lower INTEGER NOT NULL, net TEXT NOT NULL,
          PRIMARY KEY (reconciliation, place)
        ) STRICT, WITHOUT ROWID
        """,
    ]
}
