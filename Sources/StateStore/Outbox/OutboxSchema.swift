import GRDB

/// The outbox: documents on their way out, and the consignments (files) they leave in.
///
/// The database itself keeps two promises: a document leaves at most once without an operator's order, and the numbers of a flow's
/// consignments have no double. That they have no gap is the packing's business, which numbers inside its transaction.
enum OutboxSchema {
    static func create(_ db: Database) throws {
        for statement in statements { try db.execute(sql: statement) }
    }

    private static let statements = [
        """
        CREATE TABLE consignment (
          id INTEGER PRIMARY KEY, flow TEXT NOT NULL, run INTEGER NOT NULL REFERENCES run (id), entity TEXT NOT NULL,
          sequence INTEGER NOT NULL CHECK (sequence > 0), folder TEXT NOT NULL, name TEXT NOT NULL, hash TEXT NOT NULL,
          size INTEGER NOT NULL, documents INTEGER NOT NULL CHECK (documents > 0),
          state TEXT NOT NULL CHECK (state IN
            ('held', 'packed', 'sending', 'renaming', 'announcing', 'placed', 'acknowledged', 'discarded')),
          packed INTEGER NOT NULL, placed INTEGER, due INTEGER, acknowledged INTEGER, evidence TEXT,
          token INTEGER, leftovers INTEGER NOT NULL DEFAULT 0 CHECK (leftovers IN (0, 1))
        ) STRICT
        """,
        "CREATE UNIQUE INDEX consignment_sequence ON consignment (flow, sequence) WHERE state <> 'discarded'",
        "CREATE UNIQUE INDEX consignment_name ON consignment (flow, name) WHERE state <> 'discarded'",
        "CREATE INDEX consignment_open ON consignment (flow, state) WHERE state NOT IN ('acknowledged', 'discarded')",
        "CREATE INDEX consignment_run ON consignment (run)",
        "CREATE INDEX consignment_leftovers ON consignment (flow) WHERE leftovers = 1",
        """
        CREATE TABLE outbox (
          id INTEGER PRIMARY KEY, flow TEXT NOT NULL, identity BLOB NOT NULL, place INTEGER NOT NULL, modified INTEGER NOT NULL,
          standing TEXT NOT NULL CHECK (standing IN ('waiting', 'due', 'refused', 'packed', 'sent', 'withdrawn')),
          reason TEXT, news TEXT CHECK (news IN ('withdrawn', 'late')), resend TEXT, noted INTEGER NOT NULL, placed INTEGER, released INTEGER,
          reference TEXT,
          UNIQUE (flow, identity)
        ) STRICT
        """,
        "CREATE INDEX outbox_open ON outbox (flow, standing, id) WHERE standing IN ('waiting', 'due', 'refused', 'packed')",
        "CREATE INDEX outbox_placed ON outbox (flow, placed)",
        "CREATE INDEX outbox_identity ON outbox (identity)",
        // Two documents that the ERP cannot tell apart are one to it.
        "CREATE UNIQUE INDEX outbox_reference ON outbox (reference, flow) WHERE reference IS NOT NULL",
        "CREATE INDEX outbox_news ON outbox (flow) WHERE news IS NOT NULL",
        """
        CREATE TABLE consigned (
          consignment INTEGER NOT NULL REFERENCES consignment (id), document INTEGER NOT NULL REFERENCES outbox (id),
          position INTEGER NOT NULL, total TEXT NOT NULL, resent INTEGER NOT NULL CHECK (resent IN (0, 1)),
          discarded INTEGER NOT NULL DEFAULT 0 CHECK (discarded IN (0, 1)),
          acknowledged INTEGER, erp_number TEXT, refusal TEXT, entered INTEGER, told BLOB,
          PRIMARY KEY (consignment, document)
        ) STRICT, WITHOUT ROWID
        """,
        // D1: the union of all files holds a document once, unless a person ordered it again.
        "CREATE UNIQUE INDEX consigned_once ON consigned (document) WHERE resent = 0 AND discarded = 0",
        "CREATE INDEX consigned_to_enter ON consigned (consignment) WHERE erp_number IS NOT NULL AND entered IS NULL",
        "CREATE INDEX consigned_document ON consigned (document)",
    ]
}
