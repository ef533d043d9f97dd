package import Domain
import Foundation
import GRDB

/// What the books say of one flow that could be worth an alarm.
package struct FlowSigns: Hashable, Sendable {
    package struct Waiting: Hashable, Sendable {
        package var run: Int64
        package var since: UTCInstant
        package var verdict: String
    }

    package struct OpenFile: Hashable, Sendable {
        package var name: [UInt8]
        package var since: UTCInstant
        /// From when on that is an alarm, where it has a deadline of its own.
        package var due: UTCInstant?
        /// Why it could not be taken, where that is known.
        package var reason: String?
    }

    /// One kind of trouble, and on how many days it came.
    package struct Recurring: Hashable, Sendable {
        package var entity: String
        package var code: String
        package var field: String?
        package var days: Int
        package var count: Int
        package var first: UTCInstant
    }

    package var flow: String
    /// When the last file came, and when the flow was first seen at all.
    package var lastFile: UTCInstant?
    package var held: [Waiting] = []
    package var waiting: [Waiting] = []
    /// The last run with an end, where that end was a failure; `failures` counts those in a row.
    package var failed: Waiting?
    package var failures = 0
    /// The files that have waited longest, of those with a deadline of their own and of the others.
    package var stuck: [OpenFile] = []
    /// Numbers of files that did not come, where that is told as an alarm; the oldest first.
    package var fileGaps: [FileGap] = []
    package var openErrors = 0
    package var deferred = 0
    package var openFiles = 0
    /// Of the runs that ended within the last day.
    package var read = 0
    package var rejected = 0

    /// Of the last 14 days, what came most often first.
    package var recurring: [Recurring] = []

    package var backlog: Int { openErrors + deferred + openFiles }
}

extension LedgerReader {
    package func signs(of flow: String, at now: UTCInstant) throws -> FlowSigns {
        var signs = FlowSigns(flow: flow)
        signs.lastFile = try Int64.fetchOne(
            db, sql: "SELECT max(received) FROM delivery WHERE flow = ? AND origin <> 'retry'", arguments: [flow]
        ).map { UTCInstant(milliseconds: $0) }
        for run in try openRuns(flow: flow) {
            let waiting = FlowSigns.Waiting(run: run.id, since: run.started, verdict: run.verdict ?? "")
            switch run.state {
            case .held: signs.held.append(waiting)
            case .waiting, .applying, .approved, .planning: signs.waiting.append(waiting)
            case .scheduled, .finished, .discarded, .failed, .previewed: break
            }
            if run.state != .scheduled {
                signs.deferred += try tallies(run: run.id).reduce(0) { $0 + $1.tally[.deferred] }
            }
        }
        try addFailures(to: &signs)
        signs.openFiles =
            try Int.fetchOne(
                db, sql: "SELECT count(*) FROM file_drop WHERE flow = ? AND state = 'waiting'", arguments: [flow]
            ) ?? 0
        for order in ["due IS NULL ORDER BY first_seen", "due IS NOT NULL ORDER BY due, id"] {
            let sql = "SELECT name, first_seen, rule, due FROM file_drop WHERE flow = ? AND state = 'waiting' AND \(order) LIMIT 1"
            guard let row = try Row.fetchOne(db, sql: sql, arguments: [flow]) else { continue }
            signs.stuck.append(
                FlowSigns.OpenFile(
                    name: Array(row["name"] as Data), since: UTCInstant(milliseconds: row["first_seen"]),
                    due: (row["due"] as Int64?).map { UTCInstant(milliseconds: $0) }, reason: row["rule"]))
        }
        signs.fileGaps = try fileGaps(flow: flow)
        signs.openErrors = try openErrorCount(flow: flow)
        let day = try Row.fetchOne(
            db,
            sql: """
                SELECT coalesce(sum(t.read), 0) AS read, coalesce(sum(t.rejected), 0) AS rejected
                FROM run r JOIN tally t ON t.run = r.id WHERE r.flow = ? AND r.ended >= ? AND r.state = 'finished' AND r.id > (SELECT coalesce(max(id), 0) - 3000 FROM run)
                """,
            arguments: [flow, now.adding(.seconds(-86_400)).milliseconds]
        )
        signs.recurring = try Row.fetchAll(
            db,
            sql: """
                SELECT c.entity, c.code, nullif(c.field, char(0)) AS field, count(DISTINCT r.started / 86400000) AS days,
                  sum(c.rejected) AS number, min(r.started) AS first
                FROM run r CROSS JOIN reason_count c ON c.run = r.id
                WHERE r.flow = ? AND r.ended >= ? AND r.state IN ('finished', 'scheduled') AND c.code <> ''
                GROUP BY c.entity, c.code, c.field HAVING days > 1 ORDER BY days DESC, number DESC LIMIT 20
                """,
            arguments: [flow, now.adding(.seconds(-14 * 86_400)).milliseconds]
        ).map { row in
            FlowSigns.Recurring(
                entity: row["entity"], code: row["code"], field: row["field"], days: row["days"], count: row["number"],
                first: UTCInstant(milliseconds: row["first"]))
        }
        signs.read = day?["read"] ?? 0
        signs.rejected = day?["rejected"] ?? 0
        return signs
    }

    /// Previews and decisions of people say nothing of how the flow does.
    private func addFailures(to signs: inout FlowSigns) throws {
        let ends = try Row.fetchAll(
            db,
            sql: """
                SELECT * FROM run WHERE flow = ? AND cause <> 'preview' AND state IN ('finished', 'scheduled', 'failed', 'held')
                ORDER BY id DESC LIMIT 50
                """,
            arguments: [signs.flow]
        ).compactMap(Run.init)
        let failures = ends.prefix { $0.state == .failed }
        guard let latest = failures.first, let first = failures.last else { return }
        signs.failed = FlowSigns.Waiting(
            run: latest.id, since: first.ended ?? first.started, verdict: latest.verdict ?? ""
        )
        signs.failures = failures.count
    }
}
