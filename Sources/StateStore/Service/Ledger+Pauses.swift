package import Domain
import GRDB

/// A flow that a person holds back for a while.
package struct FlowPause: Hashable, Sendable {
    package var flow: String
    package var who: String
    package var since: UTCInstant
    package var until: UTCInstant
    package var because: String

    package init(flow: String, who: String, since: UTCInstant, until: UTCInstant, because: String) {
        self.flow = flow
        self.who = who
        self.since = since
        self.until = until
        self.because = because
    }

    /// As a time in which the flow is held back like in any other closure.
    package var window: Maintenance.Window { Maintenance.Window(.once(since..<until), flows: [flow]) }

    package var text: String { "\(flow) is paused until \(until) by \(who): \(because)" }
}

extension LedgerReader {
    /// The latest pause of each flow, whether it is over or not.
    package func pauses() throws -> [FlowPause] { try Row.fetchAll(db, sql: "SELECT * FROM flow_pause ORDER BY flow").map(FlowPause.init) }

    /// The pause that holds a flow back at `now`.
    package func pause(of flow: String, at now: UTCInstant) throws -> FlowPause? {
        try Row.fetchOne(
            db, sql: "SELECT * FROM flow_pause WHERE flow = ?1 AND since <= ?2 AND until > ?2", arguments: [flow, now.milliseconds]
        ).map(FlowPause.init)
    }
}

extension LedgerWriter {
    package func set(_ pause: FlowPause) throws {
        try db.execute(
            sql: """
                INSERT INTO flow_pause (flow, who, since, until, because) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (flow) DO UPDATE SET who = excluded.who, since = excluded.since, until = excluded.until, because = excluded.because
                """,
            arguments: [pause.flow, pause.who, pause.since.milliseconds, pause.until.milliseconds, pause.because])
    }

    /// It was until now: what was held back meanwhile is not missed.
    package func endPause(of flow: String, at now: UTCInstant) throws {
        try db.execute(sql: "DELETE FROM flow_pause WHERE flow = ? AND since >= ?", arguments: [flow, now.milliseconds])
        try db.execute(sql: "UPDATE flow_pause SET until = ? WHERE flow = ?", arguments: [now.milliseconds, flow])
    }
}

extension FlowPause {
    fileprivate init(_ row: Row) {
        self.init(
            flow: row["flow"], who: row["who"], since: UTCInstant(milliseconds: row["since"]), until: UTCInstant(milliseconds: row["until"]),
            because: row["because"])
    }
}
