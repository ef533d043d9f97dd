import GRDB

/// Schema 1. Times are milliseconds of UTC; keys, names and values are bytes.
///
/// The balance is the database's business. `tally.imbalance` is computed by SQLite and is a deferred foreign key into a
/// table that holds the number 0 alone: inside a transaction the counts may move one after another, at COMMIT they must
/// add up or nothing is committed. A run can be finished only if its tally also equals the outcomes actually recorded.
enum LedgerSchema1 {
    static func create(_ db: Database) throws {
        for statement in intake + books + plans + CallSchema.statements + operators + MailSchema.statements + ReconciliationSchema.statements {
            try db.execute(sql: statement)
        }
        try ServiceSchema.create(db)
        try OutboxSchema.create(db)
        try db.execute(sql: "INSERT INTO memory (flow, name, value) VALUES ('', 'identity', lower(hex(randomblob(16))))")
    }

    private static let intake = [
        """
        CREATE TABLE delivery (
          id INTEGER PRIMARY KEY, flow TEXT NOT NULL, hash TEXT NOT NULL, size INTEGER NOT NULL,
          folder TEXT NOT NULL, name BLOB NOT NULL, modified INTEGER NOT NULL, received INTEGER NOT NULL,
          version INTEGER, sequence INTEGER, claim TEXT, claimed_by TEXT, origin TEXT NOT NULL CHECK (origin IN ('endpoint', 'file', 'retry', 'outbox'))
        ) STRICT
        """,
        "CREATE INDEX delivery_flow ON delivery (flow, id)",
        """
        CREATE TABLE file_drop (
          id INTEGER PRIMARY KEY, flow TEXT NOT NULL, folder TEXT NOT NULL, name BLOB NOT NULL,
          size INTEGER NOT NULL, modified INTEGER NOT NULL, first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL,
          observation TEXT NOT NULL, mark TEXT, aside BLOB, certainty TEXT NOT NULL CHECK (certainty IN ('proven', 'doubtful')),
          control TEXT,
          state TEXT NOT NULL CHECK (state IN
            ('ignored', 'waiting', 'downloading', 'staged', 'processing', 'done', 'removed', 'duplicate', 'quarantined', 'vanished')),
          rule TEXT, delivery INTEGER REFERENCES delivery (id),
          in_hand INTEGER NOT NULL DEFAULT 0 CHECK (in_hand IN (0, 1)), interruptions INTEGER NOT NULL DEFAULT 0
        ) STRICT
        """,
        "CREATE INDEX file_drop_name ON file_drop (flow, folder, name, id)",
        "CREATE INDEX file_drop_open ON file_drop (flow, state)",
        "CREATE INDEX file_drop_settled ON file_drop (folder) WHERE state = 'processing'",
        """
        CREATE INDEX file_drop_undone ON file_drop (flow, first_seen)
        WHERE state NOT IN ('ignored', 'done', 'removed', 'duplicate', 'quarantined', 'vanished')
        """,
    ]

    private static let books = [
        "CREATE TABLE zero (value INTEGER PRIMARY KEY CHECK (value = 0)) STRICT",
        "INSERT INTO zero VALUES (0)",
        """
        CREATE TABLE run (
          id INTEGER PRIMARY KEY, flow TEXT NOT NULL, delivery INTEGER REFERENCES delivery (id),
          cause TEXT NOT NULL, undoes INTEGER REFERENCES run (id), started INTEGER NOT NULL, ended INTEGER,
          attempts INTEGER NOT NULL DEFAULT 1,
          state TEXT NOT NULL CHECK (state IN
            ('planning', 'held', 'approved', 'applying', 'waiting', 'scheduled', 'finished', 'discarded', 'failed', 'previewed')),
          verdict TEXT, condensed INTEGER NOT NULL DEFAULT 0
        ) STRICT
        """,
        "CREATE INDEX run_flow ON run (flow, id)",
        "CREATE INDEX run_ended ON run (ended) WHERE ended IS NOT NULL",
        "CREATE INDEX run_open ON run (state) WHERE state NOT IN ('finished', 'discarded', 'failed', 'previewed')",
        """
        CREATE TABLE tally (
          run INTEGER NOT NULL REFERENCES run (id), entity TEXT NOT NULL, read INTEGER NOT NULL CHECK (read >= 0),
          applied INTEGER NOT NULL DEFAULT 0 CHECK (applied >= 0),
          unchanged INTEGER NOT NULL DEFAULT 0 CHECK (unchanged >= 0),
          duplicate INTEGER NOT NULL DEFAULT 0 CHECK (duplicate >= 0),
          superseded INTEGER NOT NULL DEFAULT 0 CHECK (superseded >= 0),
          rejected INTEGER NOT NULL DEFAULT 0 CHECK (rejected >= 0),
          deferred INTEGER NOT NULL DEFAULT 0 CHECK (deferred >= 0),
          imbalance INTEGER NOT NULL
            GENERATED ALWAYS AS (read - applied - unchanged - duplicate - superseded - rejected - deferred) STORED
            REFERENCES zero (value) DEFERRABLE INITIALLY DEFERRED,
          PRIMARY KEY (run, entity)
        ) STRICT
        """,
        """
        CREATE TABLE outcome_range (
          run INTEGER NOT NULL, entity TEXT NOT NULL, outcome TEXT NOT NULL CHECK (outcome IN ('unchanged', 'duplicate', 'superseded')),
          first INTEGER NOT NULL, last INTEGER NOT NULL, count INTEGER NOT NULL CHECK (count BETWEEN 0 AND last - first + 1),
          PRIMARY KEY (run, entity, outcome, first), FOREIGN KEY (run, entity) REFERENCES tally (run, entity)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE record_outcome (
          id INTEGER PRIMARY KEY, run INTEGER NOT NULL, entity TEXT NOT NULL, number INTEGER NOT NULL,
          outcome TEXT NOT NULL CHECK (outcome IN ('rejected', 'superseded', 'duplicate')),
          line INTEGER NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL, key BLOB,
          code TEXT, field TEXT, value TEXT, reason TEXT, fix TEXT, original BLOB,
          queue TEXT CHECK (queue IN ('open', 'retried', 'dismissed')), edited BLOB, settled_by INTEGER REFERENCES run (id),
          UNIQUE (run, entity, number), FOREIGN KEY (run, entity) REFERENCES tally (run, entity)
        ) STRICT
        """,
        "CREATE INDEX record_outcome_open ON record_outcome (entity, key) WHERE queue = 'open'",
    ]

    private static let plans =
        [
            """
            CREATE TABLE plan (
              run INTEGER NOT NULL, entity TEXT NOT NULL, mode TEXT NOT NULL, version INTEGER NOT NULL,
              state TEXT NOT NULL CHECK (state IN ('drafting', 'sealed', 'held', 'approved', 'settled', 'discarded')),
              summary TEXT NOT NULL, findings TEXT NOT NULL, decided_by TEXT, snapshot TEXT,
              first_change INTEGER, last_change INTEGER, sent_through INTEGER NOT NULL DEFAULT 0,
              mirror_edition INTEGER, PRIMARY KEY (run, entity), FOREIGN KEY (run, entity) REFERENCES tally (run, entity)
            ) STRICT
            """,
            """
            CREATE TABLE change (
              id INTEGER PRIMARY KEY, run INTEGER NOT NULL, entity TEXT NOT NULL, key_hash INTEGER NOT NULL, key BLOB NOT NULL,
              before BLOB, after BLOB NOT NULL, version INTEGER NOT NULL, due INTEGER, evidence TEXT NOT NULL,
              records INTEGER NOT NULL CHECK (records >= 0), origins BLOB NOT NULL,
              silent INTEGER NOT NULL CHECK (silent BETWEEN 0 AND 1), trouble TEXT
            ) STRICT
            """,
            // By run first: a plan is written in the order of its key hashes, so that each entry goes to the end.
            "CREATE INDEX change_key_hash ON change (run, key_hash)",
            "CREATE INDEX change_due ON change (run, due) WHERE due IS NOT NULL",
        ] + AnswerSchema.statements + [
            // No foreign key for `change`: each change that is forgotten would be looked for in the whole mirror.
            """
            CREATE TABLE mirror (
              entity TEXT NOT NULL, key_hash INTEGER NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL, version INTEGER NOT NULL,
              change INTEGER, PRIMARY KEY (entity, key_hash, key)
            ) STRICT, WITHOUT ROWID
            """,
            "CREATE TABLE mirror_edition (entity TEXT PRIMARY KEY, edition INTEGER NOT NULL, newest INTEGER NOT NULL) STRICT",
            """
            CREATE TABLE applied_snapshot (
              flow TEXT NOT NULL, entity TEXT NOT NULL, run INTEGER NOT NULL REFERENCES run (id), hash TEXT NOT NULL,
              profile TEXT NOT NULL, version INTEGER NOT NULL, sequence INTEGER, records INTEGER NOT NULL, header TEXT NOT NULL,
              full INTEGER, PRIMARY KEY (flow, entity)
            ) STRICT
            """,
            """
            CREATE VIEW books AS
            SELECT t.run AS run, t.entity AS entity, t.read AS read, t.applied + t.unchanged + t.duplicate + t.superseded + t.rejected + t.deferred AS accounted,
              t.applied = coalesce((SELECT sum(records) FROM answer a WHERE a.run = t.run AND a.entity = t.entity AND outcome = 'applied'), 0)
              AND t.deferred = coalesce((SELECT sum(records) FROM change c WHERE c.run = t.run AND c.entity = t.entity), 0)
                - coalesce((SELECT sum(records) FROM answer a WHERE a.run = t.run AND a.entity = t.entity), 0)
              AND t.rejected = (SELECT count(*) FROM record_outcome r WHERE r.run = t.run AND r.entity = t.entity AND outcome = 'rejected')
              AND t.superseded = (SELECT count(*) FROM record_outcome r WHERE r.run = t.run AND r.entity = t.entity AND outcome = 'superseded')
                + coalesce((SELECT sum(records) FROM answer a WHERE a.run = t.run AND a.entity = t.entity AND outcome = 'superseded'), 0)
                + coalesce((SELECT sum(count) FROM outcome_range o WHERE o.run = t.run AND o.entity = t.entity AND outcome = 'superseded'), 0)
              AND t.duplicate = (SELECT count(*) FROM record_outcome r WHERE r.run = t.run AND r.entity = t.entity AND outcome = 'duplicate')
                + coalesce((SELECT sum(count) FROM outcome_range o WHERE o.run = t.run AND o.entity = t.entity AND outcome = 'duplicate'), 0)
              AND t.unchanged = coalesce((SELECT sum(count) FROM outcome_range o WHERE o.run = t.run AND o.entity = t.entity AND outcome = 'unchanged'), 0)
                + coalesce((SELECT sum(records) FROM answer a WHERE a.run = t.run AND a.entity = t.entity AND outcome = 'unchanged'), 0)
              AND t.imbalance = 0 AS balanced
            FROM tally t JOIN run ON run.id = t.run WHERE NOT run.condensed
            """,
            """
            CREATE TRIGGER run_finishes_balanced BEFORE UPDATE OF state ON run
            WHEN NEW.state IN ('finished', 'discarded') AND EXISTS
              (SELECT 1 FROM books WHERE run = NEW.id AND (NOT balanced OR read <> accounted))
            BEGIN SELECT RAISE(ABORT, 'the books of this run do not balance'); END
            """,
            """
            CREATE TRIGGER run_finishes_settled BEFORE UPDATE OF state ON run
            WHEN NEW.state IN ('finished', 'discarded') AND EXISTS (SELECT 1 FROM tally WHERE run = NEW.id AND deferred > 0)
            BEGIN SELECT RAISE(ABORT, 'a finished run has nothing deferred'); END
            """,
        ]

    private static let operators = [
        // Times are those of the clock named beside them, which only goes forward; they mean nothing to another.
        """
        CREATE TABLE lease (
          flow TEXT PRIMARY KEY, holder TEXT NOT NULL, token INTEGER NOT NULL, renewals INTEGER NOT NULL, clock TEXT NOT NULL,
          renewed INTEGER NOT NULL, released INTEGER NOT NULL CHECK (released IN (0, 1))
        ) STRICT
        """,
        // Since when a machine has seen no further sign of life of a holder that it cannot see.
        """
        CREATE TABLE lease_watch (
          flow TEXT NOT NULL, clock TEXT NOT NULL, token INTEGER NOT NULL, renewals INTEGER NOT NULL, since INTEGER NOT NULL,
          PRIMARY KEY (flow, clock)
        ) STRICT, WITHOUT ROWID
        """,
        // How far the books had come at a proven time: what was written after it is younger, whatever a clock said of it.
        """
        CREATE TABLE age_mark (
          at INTEGER PRIMARY KEY, delivery INTEGER NOT NULL, run INTEGER NOT NULL, consignment INTEGER NOT NULL, file_drop INTEGER NOT NULL,
          mail INTEGER NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE entity_lock (
          flow TEXT NOT NULL, entity TEXT NOT NULL, reason TEXT NOT NULL, since INTEGER NOT NULL, PRIMARY KEY (flow, entity)
        ) STRICT
        """,
        "CREATE TABLE memory (flow TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (flow, name)) STRICT",
        """
        CREATE TABLE audit (
          id INTEGER PRIMARY KEY, at INTEGER NOT NULL, who TEXT NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL,
          detail TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL
        ) STRICT
        """,
        "CREATE TRIGGER audit_is_append_only BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
        "CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
    ]
}
