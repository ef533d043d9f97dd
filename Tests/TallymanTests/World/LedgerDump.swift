import Foundation

/// A ledger as Python's SQLite sees it: not our own reader, and nothing but the standard library.
enum LedgerDump {
    struct Failed: Error {
        var text: String
    }

    /// What a user could look at once everything is at rest, without numbers and times that only tell of attempts.
    static let restQueries = [
        """
        SELECT d.name, r.state, t.read, t.applied, t.unchanged, t.superseded, t.rejected, t.deferred FROM run r
        JOIN delivery d ON d.id = r.delivery JOIN tally t ON t.run = r.id WHERE t.duplicate = 0 ORDER BY d.name, r.id
        """,
        "SELECT d.name, o.line, o.code, o.queue, o.original FROM record_outcome o JOIN run r ON r.id = o.run JOIN delivery d ON d.id = r.delivery ORDER BY 1, 2, 3",
        "SELECT key, value, version FROM mirror ORDER BY key",
        "SELECT name, state FROM file_drop ORDER BY 1, 2",
        "SELECT name, hash, records FROM applied_snapshot JOIN run ON run.id = run JOIN delivery USING (hash) GROUP BY hash",
    ]

    static let unbalanced = "SELECT run, read, accounted FROM books WHERE NOT balanced OR read <> accounted"
    static let integrity = "PRAGMA integrity_check"

    /// The rows of each query, one line each. Opens the file read-only, the WAL included.
    static func rows(of queries: [String], in ledger: String) async throws -> [[String]] {
        let script = """
            import sqlite3, sys, json
            db = sqlite3.connect(f'file:{sys.argv[1]}?mode=ro', uri=True)
            print(json.dumps([[repr(row) for row in db.execute(query)] for query in json.loads(sys.argv[2])]))
            """
        let encoded = String(decoding: try JSONEncoder().encode(queries), as: UTF8.self)
        let answer = try await Python.run(script, [ledger, encoded])
        return try JSONDecoder().decode([[String]].self, from: Data(answer.utf8))
    }
}
