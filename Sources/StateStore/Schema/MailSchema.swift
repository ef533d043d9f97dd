import GRDB

/// Mails on their way, and which outcome of which run was told to whom. Part of schema 1.
enum MailSchema {
    static let statements = [
        """
        CREATE TABLE mail (
          id INTEGER PRIMARY KEY, message_id TEXT NOT NULL UNIQUE, severity TEXT NOT NULL, subject TEXT NOT NULL,
          content BLOB NOT NULL, written INTEGER NOT NULL
        ) STRICT
        """,
        // Each recipient has an answer of his own: who was reached is not sent another copy because somebody else was not.
        """
        CREATE TABLE mail_copy (
          mail INTEGER NOT NULL REFERENCES mail (id) ON DELETE CASCADE, recipient TEXT NOT NULL,
          state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'refused', 'given_up')),
          attempts INTEGER NOT NULL DEFAULT 0, next_try INTEGER NOT NULL, answer TEXT, settled INTEGER,
          PRIMARY KEY (mail, recipient)
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX mail_copy_waiting ON mail_copy (next_try) WHERE state = 'waiting'",
        // A run is told of once in each state it came to rest in: held, later finished.
        """
        CREATE TABLE run_report (
          run INTEGER NOT NULL REFERENCES run (id), state TEXT NOT NULL, severity TEXT NOT NULL, likeness TEXT NOT NULL,
          mail INTEGER REFERENCES mail (id) ON DELETE SET NULL, decided INTEGER NOT NULL, PRIMARY KEY (run, state)
        ) STRICT, WITHOUT ROWID
        """,
    ]
}
