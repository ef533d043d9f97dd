/// Calls that must not be made twice, and what became of them.
enum CallSchema {
    static let statements = [
        // `open`: sent, and no answer known. `watched`: decided, and more than one sending may have taken effect. `doubled`: it has.
        """
        CREATE TABLE once_call (
          id INTEGER PRIMARY KEY, flow TEXT NOT NULL, entity TEXT NOT NULL, subject TEXT NOT NULL, mark TEXT NOT NULL, key BLOB NOT NULL,
          sent INTEGER NOT NULL, times INTEGER NOT NULL CHECK (times > 0),
          state TEXT NOT NULL CHECK (state IN ('open', 'watched', 'doubled', 'dealt')), documents TEXT NOT NULL DEFAULT '', found INTEGER,
          UNIQUE (entity, subject, mark)
        ) STRICT
        """,
        "CREATE INDEX once_call_subject ON once_call (subject) WHERE state = 'open'",
        "CREATE INDEX once_call_state ON once_call (state, entity) WHERE state <> 'open'",
        // Since when each boot that has seen an open call counts, by its own clock that only goes forward.
        """
        CREATE TABLE once_call_clock (
          call INTEGER NOT NULL REFERENCES once_call (id) ON DELETE CASCADE, boot TEXT NOT NULL, uptime INTEGER NOT NULL,
          PRIMARY KEY (call, boot)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE once_claim (
          entity TEXT NOT NULL, document INTEGER NOT NULL, subject TEXT NOT NULL, mark TEXT NOT NULL, PRIMARY KEY (entity, document)
        ) STRICT, WITHOUT ROWID
        """,
        // Values whose calls have no answer, and since when a boot waits for their effect, by its own clock that only goes forward.
        """
        CREATE TABLE late_value (
          flow TEXT NOT NULL, entity TEXT NOT NULL, key BLOB NOT NULL, boot TEXT NOT NULL, uptime INTEGER NOT NULL, PRIMARY KEY (entity, key)
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX late_value_flow ON late_value (flow)",
        "CREATE INDEX once_claim_subject ON once_claim (entity, subject)",
    ]
}
