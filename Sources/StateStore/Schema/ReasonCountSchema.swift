import GRDB

/// Schema 6: how many records of a run were rejected for a reason, and how many of them wait. Triggers keep it equal to `record_outcome`, in
/// whichever way that is written, so that lists by cause and counts of the queue read a row for each run and reason instead of one for each
/// record; and by which profile and settings a plan was made, so that a retry that would end as before is asked about. A field that a reason does not name is stored as `char(0)`: SQLite takes two NULLs for different keys.
enum ReasonCountSchema {
    static func create(_ db: Database) throws {
        for statement in statements { try db.execute(sql: statement) }
    }

    private static func key(_ row: String) -> String {
        "run = \(row).run AND entity = \(row).entity AND code = ifnull(\(row).code, '') AND field = ifnull(\(row).field, char(0))"
    }

    private static let statements = [
        """
        CREATE TABLE reason_count (
          run INTEGER NOT NULL, entity TEXT NOT NULL, code TEXT NOT NULL, field TEXT NOT NULL,
          rejected INTEGER NOT NULL CHECK (rejected >= 0), open INTEGER NOT NULL CHECK (open BETWEEN 0 AND rejected),
          first INTEGER NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (run, entity, code, field)
        ) STRICT, WITHOUT ROWID
        """,
        """
        INSERT INTO reason_count (run, entity, code, field, rejected, open, first, last)
        SELECT run, entity, ifnull(code, ''), ifnull(field, char(0)), count(*), coalesce(sum(queue = 'open'), 0), min(id), max(id)
        FROM record_outcome WHERE outcome = 'rejected' GROUP BY 1, 2, 3, 4
        """,
        "ALTER TABLE plan ADD COLUMN profile TEXT",
        "UPDATE plan SET profile = json_extract(snapshot, '$.profile') WHERE snapshot IS NOT NULL",
        "CREATE INDEX reason_count_open ON reason_count (entity, code, field, run, open, first, last) WHERE open > 0",
        "CREATE INDEX record_outcome_settled ON record_outcome (settled_by) WHERE settled_by IS NOT NULL",
        """
        CREATE TRIGGER reason_counted AFTER INSERT ON record_outcome WHEN NEW.outcome = 'rejected'
        BEGIN
          INSERT INTO reason_count (run, entity, code, field, rejected, open, first, last)
          VALUES (NEW.run, NEW.entity, ifnull(NEW.code, ''), ifnull(NEW.field, char(0)), 1, NEW.queue IS 'open', NEW.id, NEW.id)
          ON CONFLICT DO UPDATE SET rejected = rejected + 1, open = open + excluded.open, first = min(first, excluded.first),
            last = max(last, excluded.last);
        END
        """,
        """
        CREATE TRIGGER reason_settled AFTER UPDATE OF queue ON record_outcome
        WHEN NEW.outcome = 'rejected' AND (OLD.queue IS 'open') <> (NEW.queue IS 'open')
        BEGIN
          UPDATE reason_count SET open = open + iif(NEW.queue IS 'open', 1, -1) WHERE \(key("NEW"));
        END
        """,
        """
        CREATE TRIGGER reason_forgotten AFTER DELETE ON record_outcome WHEN OLD.outcome = 'rejected'
        BEGIN
          UPDATE reason_count SET open = open - (OLD.queue IS 'open'), rejected = rejected - 1 WHERE \(key("OLD"));
          DELETE FROM reason_count WHERE \(key("OLD")) AND rejected = 0;
        END
        """,
    ]
}
