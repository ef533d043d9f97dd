package import Domain
import GRDB

/// Who asks for a lease, and what it can tell of others.
package struct LeaseRequest: Sendable {
    package var flow: String
    package var holder: String
    /// Names the clock of `Timeline.uptime`: equal for two processes only where their uptimes can be compared.
    package var clock: String
    package var terms: LeaseTerms
    /// Whether the administrator guarantees that no two machines have this ledger at once: then a holder that cannot be seen is dead.
    package var isFenced: Bool
    package var judge: @Sendable (LeaseRow) -> HolderStanding
    /// Told of the lease inside the transaction that takes it, so that no other task of this process takes it for abandoned.
    package var taken: @Sendable (_ token: Int64) -> Void

    package init(
        flow: String, holder: String, clock: String, terms: LeaseTerms, isFenced: Bool = false,
        judge: @escaping @Sendable (LeaseRow) -> HolderStanding, taken: @escaping @Sendable (Int64) -> Void = { _ in }
    ) {
        self.flow = flow
        self.holder = holder
        self.clock = clock
        self.terms = terms
        self.isFenced = isFenced
        self.judge = judge
        self.taken = taken
    }
}

extension Ledger {
    /// Asks once for the right to work on a flow.
    ///
    /// No wall clock plays a part. A holder whose process can be seen is judged by its process. Any other is judged by time: by the
    /// holder's own clock where it is ours too; otherwise by what this machine has seen of its signs of life, which is written down, so
    /// that processes which come and go watch on for each other.
    package func takeLease(_ request: LeaseRequest, timeline: Timeline) throws -> LeaseAnswer {
        let begun = timeline.uptime()
        let answer = try write(.takingLeases) { writer in try writer.take(request, at: begun) }
        switch answer {
        case .taken(let token, let followsInterruption):
            return .taken(
                LeaseKeeper(
                    ledger: self, flow: request.flow, token: token, terms: request.terms, timeline: timeline, renewed: begun,
                    followsInterruption: followsInterruption))
        case .busy(let row): return .busy(row)
        case .unsure(let row, let rest): return .unsure(row, freeAfter: rest)
        }
    }

    /// Leases that were not given back, with what can be told of their holders.
    package func heldLeases() throws -> [LeaseRow] {
        try read { reader in
            try Row.fetchAll(reader.db, sql: "SELECT * FROM lease WHERE released = 0 ORDER BY flow").map(LeaseRow.init)
        }
    }
}

private enum Taking {
    case taken(Int64, followsInterruption: Bool)
    case busy(LeaseRow)
    case unsure(LeaseRow, Duration)
}

extension LedgerWriter {
    fileprivate func take(_ request: LeaseRequest, at uptime: Duration) throws -> Taking {
        let row = try Row.fetchOne(db, sql: "SELECT * FROM lease WHERE flow = ?", arguments: [request.flow]).map(LeaseRow.init)
        if let row, !row.isReleased {
            switch request.judge(row) {
            case .alive: return .busy(row)
            case .dead: break
            case .unseen:
                let rest = request.isFenced ? .zero : try restOfTime(row, request, at: uptime)
                if rest > .zero { return .unsure(row, rest) }
            }
        }
        let token = (row?.token ?? 0) + 1
        try db.execute(
            sql: """
                INSERT INTO lease (flow, holder, token, renewals, clock, renewed, released) VALUES (?, ?, ?, 0, ?, ?, 0)
                ON CONFLICT (flow) DO UPDATE SET holder = excluded.holder, token = excluded.token, renewals = 0,
                  clock = excluded.clock, renewed = excluded.renewed, released = 0
                """,
            arguments: [request.flow, request.holder, token, request.clock, uptime.wholeMilliseconds]
        )
        try db.execute(sql: "DELETE FROM lease_watch WHERE flow = ?", arguments: [request.flow])
        request.taken(token)
        return .taken(token, followsInterruption: row.map { !$0.isReleased } ?? false)
    }

    /// How long the unseen holder's lease still lasts at the least.
    private func restOfTime(_ row: LeaseRow, _ request: LeaseRequest, at uptime: Duration) throws -> Duration {
        // A reading from the future is none: a name of a clock that came twice must not hold the flow for ever.
        if row.clock == request.clock, row.renewed <= uptime {
            return max(.zero, row.renewed + request.terms.length - uptime)
        }
        let wait = request.terms.length + request.terms.allowance
        let since = try Int64.fetchOne(
            db, sql: "SELECT since FROM lease_watch WHERE flow = ? AND clock = ? AND token = ? AND renewals = ?",
            arguments: [row.flow, request.clock, row.token, row.renewals]
        ).map { Duration.milliseconds($0) }
        if let since, since <= uptime { return max(.zero, since + wait - uptime) }
        try db.execute(
            sql: """
                INSERT INTO lease_watch (flow, clock, token, renewals, since) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (flow, clock) DO UPDATE SET token = excluded.token, renewals = excluded.renewals, since = excluded.since
                """,
            arguments: [row.flow, request.clock, row.token, row.renewals, uptime.wholeMilliseconds]
        )
        return wait
    }

    /// A sign of life, in the transaction whose work it protects. Throws where another holder has taken over.
    func renew(flow: String, token: Int64, at uptime: Duration) throws {
        try db.cachedStatement(
            sql: "UPDATE lease SET renewals = renewals + 1, renewed = ? WHERE flow = ? AND token = ? AND released = 0"
        ).execute(arguments: [uptime.wholeMilliseconds, flow, token])
        guard db.changesCount == 1 else { throw LeaseKeeper.lost(flow) }
    }

    func release(flow: String, token: Int64) throws {
        try db.execute(sql: "UPDATE lease SET released = 1 WHERE flow = ? AND token = ?", arguments: [flow, token])
    }
}

extension LedgerReader {
    func isHeld(flow: String, token: Int64) throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM lease WHERE flow = ? AND token = ? AND released = 0)"),
            arguments: [flow, token]
        ) ?? false
    }
}
