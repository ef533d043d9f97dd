import GRDB

/// What became of the changes. Part of schema 1.
///
/// A change is written once. Its outcome is a row beside it, and neighbours with the same outcome for the same reason share
/// that row: a batch of a thousand costs one. A change that no row covers is deferred.
enum AnswerSchema {
    static let statements = [
        """
        CREATE TABLE answer (
          first INTEGER PRIMARY KEY, last INTEGER NOT NULL CHECK (last >= first), run INTEGER NOT NULL, entity TEXT NOT NULL,
          outcome TEXT NOT NULL CHECK (outcome IN ('applied', 'unchanged', 'superseded', 'rejected')),
          records INTEGER NOT NULL, proof TEXT, answered INTEGER NOT NULL,
          FOREIGN KEY (run, entity) REFERENCES plan (run, entity)
        ) STRICT
        """,
        "CREATE INDEX answer_run ON answer (run, entity)",
        """
        CREATE TRIGGER answer_settles_once BEFORE INSERT ON answer
        WHEN (SELECT last FROM answer WHERE first <= NEW.last ORDER BY first DESC LIMIT 1) >= NEW.first
        BEGIN SELECT RAISE(ABORT, 'a settled outcome never changes'); END
        """,
        // The words of a proof may be erased; what they prove stays.
        """
        CREATE TRIGGER answer_is_kept BEFORE UPDATE OF first, last, run, entity, outcome, records, answered ON answer
        BEGIN SELECT RAISE(ABORT, 'a settled outcome never changes'); END
        """,
        """
        CREATE VIEW planned_change AS
        SELECT c.*, coalesce(a.outcome, 'deferred') AS outcome, coalesce(a.proof, c.trouble) AS proof, a.answered AS answered
        FROM change c LEFT JOIN answer a ON a.first = (SELECT max(first) FROM answer WHERE first <= c.id) AND a.last >= c.id
        """,
    ]
}
