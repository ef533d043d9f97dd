package import Domain
import Foundation
import GRDB

/// The clock that only goes forward, and what it counts from.
package struct ForwardClock: Hashable, Sendable {
    package var boot: String
    package var uptime: Duration

    package init(boot: String, uptime: Duration) {
        self.boot = boot
        self.uptime = uptime
    }

    package init(_ timeline: Timeline) { self.init(boot: timeline.boot(), uptime: timeline.uptime()) }
}

/// A call that was found to have made more than one document.
package struct DoubledCall: Hashable, Sendable {
    package var id: Int64
    package var flow: String
    package var call: OnceCall
    /// The shop's numbers of them, in words.
    package var documents: String
    package var found: UTCInstant
}

extension LedgerReader {
    /// The calls about `subject` that have no answer, the oldest first, with the time that each is still waited for. A boot that
    /// never saw one counts from now on: how long another machine has waited cannot be known here (`see` notes it).
    package func unansweredCalls(about subject: String, wait: Duration, at clock: ForwardClock) throws -> [UnansweredCall] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT c.*, k.uptime FROM once_call c LEFT JOIN once_call_clock k ON k.call = c.id AND k.boot = ?
                WHERE c.subject IN (?, ?) AND c.state = 'open' ORDER BY c.id
                """,
            arguments: [clock.boot, subject, OnceCall.everySubject]
        ).map { row in
            let seen = (row["uptime"] as Int64?).map { Duration.milliseconds($0) }
            // A clock that is behind what it was has begun anew under the same name.
            let waited = seen.map { $0 <= clock.uptime ? clock.uptime - $0 : .zero } ?? .zero
            return UnansweredCall(call: OnceCall(row), sent: UTCInstant(milliseconds: row["sent"]), rest: max(.zero, wait - waited))
        }
    }

    /// Of the run's changes, how many calls have no answer.
    package func openCallCount(of run: Int64) throws -> Int {
        try Int.fetchOne(
            db,
            sql: """
                SELECT count(*) FROM once_call o WHERE o.state = 'open'
                AND EXISTS (SELECT 1 FROM change c WHERE c.run = ? AND c.entity = o.entity AND c.key = o.key)
                """,
            arguments: [run]) ?? 0
    }

    package func watchedCalls(of entity: String) throws -> [OnceCall] {
        try Row.fetchAll(
            db, sql: "SELECT * FROM once_call WHERE state IN ('watched', 'doubled', 'dealt') AND entity = ? ORDER BY id", arguments: [entity]
        )
        .map { OnceCall($0) }
    }

    /// Calls with two documents that nobody has dealt with.
    package func doubledCalls(flow: String? = nil) throws -> [DoubledCall] {
        try Row.fetchAll(
            db, sql: "SELECT * FROM once_call WHERE state = 'doubled' AND (?1 IS NULL OR flow = ?1) ORDER BY id", arguments: [flow]
        ).map { row in
            DoubledCall(
                id: row["id"], flow: row["flow"], call: OnceCall(row), documents: row["documents"],
                found: UTCInstant(milliseconds: (row["found"] as Int64?) ?? row["sent"]))
        }
    }

    package func claims(of entity: String, about subject: String) throws -> [Int: String] {
        let rows = try Row.fetchAll(
            db, sql: "SELECT document, mark FROM once_claim WHERE entity = ? AND subject = ?", arguments: [entity, subject])
        return Dictionary(rows.map { (Int($0["document"] as Int64), $0["mark"] as String) }, uniquingKeysWith: { first, _ in first })
    }
}

extension LedgerWriter {
    /// Starts the clock of this boot for calls that it sees for the first time.
    package func see(_ subject: String, at clock: ForwardClock) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO once_call_clock (call, boot, uptime) SELECT id, ?1, ?2 FROM once_call WHERE subject IN (?3, ?4) AND state = 'open'
                ON CONFLICT (call, boot) DO UPDATE SET uptime = excluded.uptime WHERE uptime > excluded.uptime
                """
        ).execute(arguments: [clock.boot, clock.uptime.wholeMilliseconds, subject, OnceCall.everySubject])
    }

    /// Writes down that `call` leaves now, unless one about the same subject is still waited for, be it this very one.
    package func begin(_ call: OnceCall, flow: String, wait: Duration, now: UTCInstant, at clock: ForwardClock) throws -> Clearance {
        try see(call.subject, at: clock)
        let others = try reader.unansweredCalls(about: call.subject, wait: wait, at: clock)
        if let other = others.first(where: \.isAwaited) {
            return .blocked(other)
        }
        try db.cachedStatement(
            sql: """
                INSERT INTO once_call (flow, entity, subject, mark, key, sent, times, state) VALUES (?, ?, ?, ?, ?, ?, 1, 'open')
                ON CONFLICT (entity, subject, mark) DO UPDATE SET
                  flow = excluded.flow, key = excluded.key, sent = excluded.sent, times = times + 1, state = 'open'
                """
        ).execute(arguments: [flow, call.entity, call.subject, call.mark, Data(call.key.bytes), now.milliseconds])
        // The wait begins anew, for every boot.
        let id = try id(of: call)
        try db.execute(sql: "DELETE FROM once_call_clock WHERE call = ?", arguments: [id])
        try see(call.subject, at: clock)
        return .clear
    }

    private func id(of call: OnceCall) throws -> Int64? {
        try Int64.fetchOne(
            db, sql: "SELECT id FROM once_call WHERE entity = ? AND subject = ? AND mark = ?", arguments: [call.entity, call.subject, call.mark])
    }

    /// The call is decided. One that left once has one effect or none and is forgotten; every other is watched on.
    package func settle(_ call: OnceCall) throws {
        try db.cachedStatement(
            sql: """
                DELETE FROM once_call WHERE entity = ?1 AND subject = ?2 AND mark = ?3 AND state = 'open' AND times = 1
                AND NOT EXISTS (SELECT 1 FROM once_claim k WHERE k.entity = ?1 AND k.subject = ?2 AND k.mark = ?3)
                """
        ).execute(arguments: [call.entity, call.subject, call.mark])
        try db.cachedStatement(
            sql: "UPDATE once_call SET state = 'watched' WHERE entity = ? AND subject = ? AND mark = ? AND state = 'open'"
        ).execute(arguments: [call.entity, call.subject, call.mark])
    }

    /// The same for all calls of changes that have their answers.
    package func settleCalls(entity: String, keys: [RecordKey]) throws {
        guard try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM once_call WHERE state = 'open' AND entity = ?)", arguments: [entity]) == true
        else { return }
        for key in keys {
            let calls = try Row.fetchAll(
                db, sql: "SELECT * FROM once_call WHERE state = 'open' AND entity = ? AND key = ?", arguments: [entity, Data(key.bytes)])
            for row in calls { try settle(OnceCall(row)) }
        }
    }

    /// `false` where the document stands for another call.
    package func claim(document: Int, for call: OnceCall) throws -> Bool {
        try db.execute(
            sql: "INSERT INTO once_claim (entity, document, subject, mark) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            arguments: [call.entity, document, call.subject, call.mark])
        let mark = try String.fetchOne(
            db, sql: "SELECT mark FROM once_claim WHERE entity = ? AND document = ? AND subject = ?",
            arguments: [call.entity, document, call.subject])
        return mark == call.mark
    }

    /// Notes that a call has several documents. One that a person has dealt with stays dealt with, unless there are more by now.
    package func report(doubled call: OnceCall, flow: String, documents: String, now: UTCInstant) throws {
        try db.execute(
            sql: """
                INSERT INTO once_call (flow, entity, subject, mark, key, sent, times, state, documents, found)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1, 'doubled', ?7, ?6)
                ON CONFLICT (entity, subject, mark) DO UPDATE SET state = 'doubled', documents = excluded.documents, found = coalesce(found, excluded.found)
                WHERE documents <> excluded.documents OR state NOT IN ('doubled', 'dealt')
                """,
            arguments: [flow, call.entity, call.subject, call.mark, Data(call.key.bytes), now.milliseconds, documents])
    }

    /// A person has dealt with the documents of the call. `false` where none of that number waits for it.
    package func dealWith(doubled id: Int64) throws -> Bool {
        try db.execute(sql: "UPDATE once_call SET state = 'dealt' WHERE id = ? AND state = 'doubled'", arguments: [id])
        return db.changesCount == 1
    }

    /// What was sent long ago is watched no more: no request lasts that long. Open calls go with it where nothing waits for them.
    package func forgetCalls(sentBefore instant: UTCInstant) throws {
        try db.execute(
            sql: """
                DELETE FROM once_call WHERE sent < ?1 AND (state IN ('watched', 'dealt') OR state = 'open' AND NOT EXISTS
                  (SELECT 1 FROM change c JOIN run r ON r.id = c.run WHERE c.entity = once_call.entity AND c.key = once_call.key
                   AND r.state NOT IN ('finished', 'discarded', 'failed', 'previewed')))
                """,
            arguments: [instant.milliseconds])
    }
}

extension OnceCall {
    fileprivate init(_ row: Row) {
        self.init(entity: row["entity"], subject: row["subject"], mark: row["mark"], key: RecordKey(Array(row["key"] as Data)))
    }
}
