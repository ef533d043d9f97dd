package import Domain
import GRDB

extension LedgerWriter {
    /// Writes the counts of one entity. At the end of the transaction they must balance.
    package func set(tally: Tally, run: Int64, entity: String) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO tally (run, entity, read, applied, unchanged, duplicate, superseded, rejected, deferred)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (run, entity) DO UPDATE SET read = excluded.read, applied = excluded.applied,
                  unchanged = excluded.unchanged, duplicate = excluded.duplicate, superseded = excluded.superseded,
                  rejected = excluded.rejected, deferred = excluded.deferred
                """
        ).execute(arguments: [run, entity, tally.read] + StatementArguments(Self.counts(tally)))
    }

    /// Moves records that were deferred to where they belong.
    func settle(_ counts: [Outcome: Int], run: Int64, entity: String) throws {
        guard var tally = try reader.tally(run: run, entity: entity) else { return }
        for (outcome, count) in counts { tally.move(count, from: .deferred, to: outcome) }
        try set(tally: tally, run: run, entity: entity)
    }

    /// Records `first` to `last` hold `count` with this outcome that are not listed one by one.
    package func addRange(run: Int64, entity: String, outcome: Outcome, first: Int, last: Int, count: Int) throws {
        try db.execute(
            sql: "INSERT INTO outcome_range (run, entity, outcome, first, last, count) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [run, entity, outcome.rawValue, first, last, count]
        )
    }

    private static func counts(_ tally: Tally) -> [Int] {
        [.applied, .unchanged, .duplicate, .superseded, .rejected, .deferred].map { (outcome: Outcome) in tally[outcome] }
    }
}

extension LedgerReader {
    package func tally(run: Int64, entity: String) throws -> Tally? {
        try Row.fetchOne(db.cachedStatement(sql: "SELECT * FROM tally WHERE run = ? AND entity = ?"), arguments: [run, entity])
            .map(Tally.init)
    }

    package func tallies(run: Int64) throws -> [(entity: String, tally: Tally)] {
        try Row.fetchAll(db, sql: "SELECT * FROM tally WHERE run = ? ORDER BY entity", arguments: [run])
            .map { (entity: $0["entity"], tally: Tally($0)) }
    }

    /// Runs whose recorded outcomes do not add up to their counts. Empty in every committed state (reliability A1).
    package func unbalancedRuns() throws -> [Int64] {
        try Int64.fetchAll(db, sql: "SELECT run FROM books WHERE NOT balanced OR read <> accounted")
    }
}

extension Tally {
    init(_ row: Row) {
        self.init(
            read: row["read"],
            counts: Dictionary(uniqueKeysWithValues: Outcome.allCases.map { ($0, row[$0.rawValue] as Int) })
        )
    }
}
