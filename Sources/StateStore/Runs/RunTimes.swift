package import Domain
import GRDB

/// Where the time of a run went, and how soon its values were in the shop.
package struct RunTimes: Hashable, Sendable {
    /// How long after the landing of the file its values were in the shop, row by row.
    package struct Landed: Hashable, Sendable {
        package var rows: Int
        package var half: Duration
        package var most: Duration
        package var last: Duration
    }

    /// The changes that went first because they end a sale.
    package struct First: Hashable, Sendable {
        package var changes: Int
        /// From the start of the run to the shop's answer to the last of them; `nil` while one of them has none.
        package var answered: Duration?
    }

    /// From the landing of the file to the start of its run; `nil` where no file landed.
    package var waited: Duration?
    /// What was counted; a process that was killed had not written its last part down.
    package var phases: [RunPhase: Duration] = [:]
    /// `nil` where no file landed, or nothing of it was applied yet. Values that waited for a later day do not count.
    package var landed: Landed?

    /// `nil` where no change ended a sale.
    package var first: First?

    package init(waited: Duration? = nil, phases: [RunPhase: Duration] = [:], landed: Landed? = nil, first: First? = nil) {
        self.first = first
        self.waited = waited
        self.phases = phases
        self.landed = landed
    }

    package var isEmpty: Bool { phases.isEmpty && landed == nil }
}

/// Times with how many rows took each, ascending.
package struct RowLatencies: Hashable, Sendable {
    private let groups: [(took: Int64, rows: Int)]
    package let rows: Int

    package init(_ groups: [(took: Int64, rows: Int)]) {
        self.groups = groups.filter { $0.rows > 0 }.sorted { $0.took < $1.took }
        rows = self.groups.reduce(0) { $0 + $1.rows }
    }

    /// The nearest rank: so many of a hundred rows took at most as long. `nil` where there are none.
    package func percentile(_ share: Int) -> Duration? {
        guard rows > 0 else { return nil }
        let rank = max(1, (rows * share + 99) / 100)
        var passed = 0
        for group in groups {
            passed += group.rows
            if passed >= rank { return .milliseconds(group.took) }
        }
        return nil
    }

    package static func == (one: Self, other: Self) -> Bool { one.groups.elementsEqual(other.groups, by: ==) }

    package func hash(into hasher: inout Hasher) { hasher.combine(rows) }
}

extension LedgerWriter {
    /// Adds to what the run's time went into.
    package func add(times: [RunPhase: Duration], run: Int64) throws {
        for (phase, time) in times where time >= .milliseconds(1) {
            try db.cachedStatement(
                sql: """
                    INSERT INTO run_time (run, phase, milliseconds) VALUES (?, ?, ?)
                    ON CONFLICT (run, phase) DO UPDATE SET milliseconds = milliseconds + excluded.milliseconds
                    """
            ).execute(arguments: [run, phase.rawValue, time.wholeMilliseconds])
        }
    }
}

extension LedgerReader {
    package func times(run: Int64) throws -> RunTimes {
        let phases = try Row.fetchAll(db, sql: "SELECT phase, milliseconds FROM run_time WHERE run = ?", arguments: [run]).compactMap { row in
            RunPhase(rawValue: row["phase"]).map { ($0, Duration.milliseconds(row["milliseconds"] as Int64)) }
        }
        // A clock of the other side that is ahead of ours makes no time negative.
        let waited = try Int64.fetchOne(
            db,
            sql: """
                SELECT max(0, r.started - d.modified) FROM run r JOIN delivery d ON d.id = r.delivery
                WHERE r.id = ? AND d.origin = 'endpoint'
                """,
            arguments: [run])
        let rows = RowLatencies(try landings("a.run = ?", [run]))
        let landed = rows.percentile(50).flatMap { half in
            rows.percentile(95).flatMap { most in
                rows.percentile(100).map { RunTimes.Landed(rows: rows.rows, half: half, most: most, last: $0) }
            }
        }
        return RunTimes(
            waited: waited.map { .milliseconds($0) }, phases: Dictionary(phases, uniquingKeysWith: +), landed: landed,
            first: try firstChanges(of: run))
    }

    private func firstChanges(of run: Int64) throws -> RunTimes.First? {
        let numbers = ChangeNumbers.of(run: run, .ending)
        let stretch: StatementArguments = [numbers.lowerBound, numbers.upperBound, run]
        let changes =
            try Int.fetchOne(db, sql: "SELECT count(*) FROM change WHERE id BETWEEN ? AND ? AND +run = ? AND silent = 0", arguments: stretch) ?? 0
        guard changes > 0 else { return nil }
        let answered = try Row.fetchOne(
            db,
            sql: """
                SELECT sum(a.last - a.first + 1) AS changes, max(a.answered) - r.started AS took FROM answer a JOIN run r ON r.id = a.run
                WHERE a.first BETWEEN ? AND ? AND a.run = ?
                """,
            arguments: stretch)
        let isAll = (answered?["changes"] as Int? ?? 0) >= changes
        let took = isAll ? answered?["took"] as Int64? : nil
        return RunTimes.First(changes: changes, answered: took.map { .milliseconds(max(0, $0)) })
    }

    /// Of the flow's last run that ended with values for the shop.
    package func lastTimes(flow: String) throws -> RunTimes? {
        let run = try Int64.fetchOne(
            db,
            sql: """
                SELECT max(r.id) FROM run r WHERE r.flow = ? AND r.ended IS NOT NULL
                  AND EXISTS (SELECT 1 FROM tally t WHERE t.run = r.id AND t.applied > 0)
                """,
            arguments: [flow])
        return try run.map { try times(run: $0) }
    }

    /// From the landing of the file to the shop's answer, for each row of `entity` that was applied in a span.
    package func rowLatencies(of entity: String, from: UTCInstant, to: UTCInstant) throws -> RowLatencies {
        RowLatencies(
            try landings("a.answered >= ? AND a.answered < ? AND a.entity = ?", [from.milliseconds, to.milliseconds, entity]))
    }

    private func landings(_ condition: String, _ arguments: StatementArguments) throws -> [(took: Int64, rows: Int)] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT max(0, a.answered - d.modified) AS took, a.records FROM answer a CROSS JOIN run r ON r.id = a.run
                CROSS JOIN delivery d ON d.id = r.delivery
                WHERE \(condition) AND d.origin = 'endpoint' AND a.outcome = 'applied'
                  AND NOT EXISTS (SELECT 1 FROM change c WHERE c.id BETWEEN a.first AND a.last AND c.due IS NOT NULL)
                """,
            arguments: arguments
        ).map { (took: $0["took"], rows: $0["records"]) }
    }
}
