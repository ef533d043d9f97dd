package import Domain
import GRDB

/// The right to work on a flow. One holder at a time; a paused holder whose lease ran out cannot commit (reliability H1).
package struct Lease: Hashable, Sendable {
    package var flow: String
    package var token: Int64
}

extension LedgerWriter {
    /// `nil` while someone else holds the flow and the lease has not run out. A dead holder's lease is taken over at once:
    /// `isAlive` says whether a holder still runs.
    package func lease(
        flow: String, holder: String, now: UTCInstant, for duration: Duration, isAlive: (_ holder: String) -> Bool
    ) throws -> Lease? {
        let row = try Row.fetchOne(db, sql: "SELECT * FROM lease WHERE flow = ?", arguments: [flow])
        if let row, (row["expires"] as Int64) > now.milliseconds, isAlive(row["holder"]) { return nil }
        let token = ((row?["token"] as Int64?) ?? 0) + 1
        try db.execute(
            sql: """
                INSERT INTO lease (flow, holder, token, expires) VALUES (?, ?, ?, ?)
                ON CONFLICT (flow) DO UPDATE SET holder = excluded.holder, token = excluded.token, expires = excluded.expires
                """,
            arguments: [flow, holder, token, now.adding(duration).milliseconds]
        )
        return Lease(flow: flow, token: token)
    }

    /// Extends the lease, in the same transaction as the work it protects. Throws where another holder has taken over.
    package func prove(_ lease: Lease, now: UTCInstant, for duration: Duration) throws {
        try db.cachedStatement(sql: "UPDATE lease SET expires = ? WHERE flow = ? AND token = ?")
            .execute(arguments: [now.adding(duration).milliseconds, lease.flow, lease.token])
        guard db.changesCount == 1 else {
            throw Diagnostic(
                "LEASE-LOST", "another process has taken over flow \(lease.flow)",
                hint: "nothing more was done here; the other process goes on", kind: .transient
            )
        }
    }

    package func release(_ lease: Lease) throws {
        try db.execute(
            sql: "UPDATE lease SET expires = 0 WHERE flow = ? AND token = ?", arguments: [lease.flow, lease.token]
        )
    }
}

extension LedgerReader {
    /// Who holds a lease that has not run out.
    package func liveHolders(at now: UTCInstant) throws -> [String] {
        try String.fetchAll(db, sql: "SELECT holder FROM lease WHERE expires > ? ORDER BY flow", arguments: [now.milliseconds])
    }
}
