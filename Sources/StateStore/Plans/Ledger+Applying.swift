package import Domain
import Foundation
import GRDB

/// Changes that may be sent now.
package struct ClaimedChanges: Sendable {
    package struct Claim: Sendable {
        package var change: Change
        package var origins: [RecordOrigin]
        /// It was sent before and no answer was recorded: look before sending again (reliability G2).
        package var isUnsettled: Bool
    }

    package var claims: [Claim]
    /// Settled on the spot: a newer value of the key had won, or the shop holds the value already.
    package var settled: Int
    /// The last change looked at; `nil` where there was none left.
    package var highest: Int64?
}

/// What the shop answered for one change, ready for the books.
package struct SettledChange: Sendable {
    package var claim: ClaimedChanges.Claim
    package var answer: ChangeAnswer
    /// The records' bytes for the error queue, in the order of the origins, where the answer is a rejection.
    package var originals: [[UInt8]]

    package init(claim: ClaimedChanges.Claim, answer: ChangeAnswer, originals: [[UInt8]] = []) {
        self.claim = claim
        self.answer = answer
        self.originals = originals
    }
}

extension LedgerWriter {
    /// Takes the next deferred changes after `id` and writes down that they are about to be sent. A change whose key meanwhile holds a
    /// newer or another value is not sent: it is superseded, or unchanged where the value is already there.
    package func claim(run: Int64, entity: String, after id: Int64, limit: Int, now: UTCInstant) throws -> ClaimedChanges {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT c.*, m.value AS held, m.version AS held_version FROM change c
                LEFT JOIN mirror m ON m.entity = c.entity AND m.fold = c.fold AND m.key = c.key
                WHERE c.run = ? AND c.entity = ? AND c.outcome = 'deferred' AND c.id > ? ORDER BY c.id LIMIT ?
                """,
            arguments: [run, entity, id, limit]
        )
        var claimed = ClaimedChanges(claims: [], settled: 0, highest: nil)
        var counts: [Outcome: Int] = [:]
        let intend = try db.cachedStatement(sql: "UPDATE change SET intent = intent + 1 WHERE id = ?")
        for row in rows {
            let planned = try PlannedChange(row)
            claimed.highest = planned.change.id
            let held = (row["held"] as Data?).map { Array($0) }
            let heldVersion = (row["held_version"] as Int64?) ?? .min
            if heldVersion > planned.change.version.milliseconds || held != planned.change.before {
                let outcome: Outcome = held == planned.change.after ? .unchanged : .superseded
                try settle(planned.change.id, as: outcome, proof: "a newer value was there first", at: now)
                counts[outcome, default: 0] += planned.origins.count
                claimed.settled += 1
                continue
            }
            if (row["silent"] as Int) == 1 {
                try settle(planned.change.id, as: .unchanged, proof: "the shop holds it already", at: now)
                try setMirror(
                    entity: entity, key: planned.change.key, value: planned.change.after, version: planned.change.version,
                    change: nil
                )
                counts[.unchanged, default: 0] += planned.origins.count
                claimed.settled += 1
                continue
            }
            try intend.execute(arguments: [planned.change.id])
            claimed.claims.append(
                ClaimedChanges.Claim(
                    change: planned.change, origins: planned.origins, isUnsettled: (row["intent"] as Int) > 0
                )
            )
        }
        try settle(counts, run: run, entity: entity)
        return claimed
    }

    /// Records the answers to a batch: outcome, mirror, error queue and tally together.
    package func settle(_ answers: [SettledChange], run: Int64, entity: String, now: UTCInstant) throws {
        var counts: [Outcome: Int] = [:]
        for settled in answers {
            let change = settled.claim.change
            switch settled.answer {
            case .applied(let evidence):
                try settle(change.id, as: .applied, proof: evidence, at: now)
                try setMirror(entity: entity, key: change.key, value: change.after, version: change.version, change: change.id)
                counts[.applied, default: 0] += settled.claim.origins.count
            case .rejected(let reason):
                try settle(change.id, as: .rejected, proof: reason.code, at: now)
                for (origin, original) in zip(settled.claim.origins, settled.originals) {
                    try add(
                        RecordVerdict(outcome: .rejected, origin: origin, key: change.key, reason: reason, original: original),
                        run: run, entity: entity
                    )
                }
                counts[.rejected, default: 0] += settled.claim.origins.count
            case .deferred(let diagnostic):
                try db.cachedStatement(sql: "UPDATE change SET proof = ?, intent = ? WHERE id = ?")
                    .execute(arguments: [diagnostic.summary, diagnostic.kind == .ambiguous ? 1 : 0, change.id])
            }
        }
        try settle(counts, run: run, entity: entity)
    }

    /// Ends everything of a run that is still deferred in one way: a discarded plan, or one that a newer file overtook.
    package func settleRest(of run: Int64, as outcome: Outcome, because text: String, now: UTCInstant) throws {
        for (entity, _) in try reader.tallies(run: run) {
            let records = try Int.fetchOne(
                db, sql: "SELECT sum(records) FROM change WHERE run = ? AND entity = ? AND outcome = 'deferred'",
                arguments: [run, entity]
            )
            try db.execute(
                sql: """
                    UPDATE change SET outcome = ?, proof = ?, answered = ?
                    WHERE run = ? AND entity = ? AND outcome = 'deferred'
                    """,
                arguments: [outcome.rawValue, text, now.milliseconds, run, entity]
            )
            try settle([outcome: records ?? 0], run: run, entity: entity)
        }
    }

    private func settle(_ change: Int64, as outcome: Outcome, proof: String, at now: UTCInstant) throws {
        try db.cachedStatement(sql: "UPDATE change SET outcome = ?, proof = ?, answered = ? WHERE id = ?")
            .execute(arguments: [outcome.rawValue, proof, now.milliseconds, change])
    }
}
