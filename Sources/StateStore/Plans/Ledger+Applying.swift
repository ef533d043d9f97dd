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
    ///
    /// What may have been sent is one number per plan: everything up to it that has no outcome is looked up before it is
    /// sent again, at the worst a look too many.
    /// Values with a later day are left where they are until `now` has reached it.
    package func claim(run: Int64, entity: String, after id: Int64, limit: Int, now: UTCInstant) throws -> ClaimedChanges {
        let sentThrough = try Int64.fetchOne(
            db, sql: "SELECT sent_through FROM plan WHERE run = ? AND entity = ?", arguments: [run, entity]
        ) ?? 0
        var claimed = ClaimedChanges(claims: [], settled: 0, highest: nil)
        var settled: [(candidate: Candidate, outcome: Outcome, proof: String)] = []
        let rows = try RawStatement(
            db,
            """
            SELECT c.id, c.key, c.before, c.after, c.version, c.origins, c.silent, m.value, m.version, c.due, m.change FROM change c
            LEFT JOIN mirror m ON m.entity = c.entity AND m.fold = c.fold AND m.key = c.key
            WHERE c.run = ? AND c.entity = ? AND c.id > ? AND c.outcome = 'deferred' AND (c.due IS NULL OR c.due <= ?)
            ORDER BY c.id LIMIT ?
            """
        )
        rows.bind(run, at: 1)
        rows.bind(entity, at: 2)
        rows.bind(id, at: 3)
        rows.bind(now.milliseconds, at: 4)
        rows.bind(limit, at: 5)
        while try rows.next() {
            let candidate = try Candidate(rows)
            claimed.highest = candidate.change.id
            if try isOvertaken(candidate) {
                let outcome: Outcome = candidate.held == candidate.change.after ? .unchanged : .superseded
                settled.append((candidate, outcome, "a newer value was there first"))
            } else if candidate.isSilent {
                settled.append((candidate, .unchanged, "the shop holds it already"))
            } else {
                claimed.claims.append(
                    ClaimedChanges.Claim(
                        change: candidate.change, origins: candidate.origins,
                        isUnsettled: candidate.change.id <= sentThrough
                    )
                )
            }
        }
        try settleAtOnce(settled, run: run, entity: entity, now: now)
        claimed.settled = settled.count
        if let last = claimed.claims.last?.change.id, last > sentThrough {
            try db.execute(
                sql: "UPDATE plan SET sent_through = ? WHERE run = ? AND entity = ?", arguments: [last, run, entity]
            )
        }
        return claimed
    }

    /// A value without a day of its own gives way to every newer or other one. A dated value gives way only to what became
    /// true after its day: whatever a file of before that day said, it said of the time before.
    private func isOvertaken(_ candidate: Candidate) throws -> Bool {
        guard let due = candidate.due else {
            return candidate.heldVersion > candidate.change.version.milliseconds || candidate.held != candidate.change.before
        }
        guard candidate.held != candidate.change.after else { return true }
        let heldSince = try candidate.heldChange.flatMap { id in
            try Int64.fetchOne(db, sql: "SELECT due FROM change WHERE id = ?", arguments: [id])
        }
        return heldSince ?? candidate.heldVersion > due
    }

    private func settleAtOnce(
        _ settled: [(candidate: Candidate, outcome: Outcome, proof: String)], run: Int64, entity: String, now: UTCInstant
    ) throws {
        guard !settled.isEmpty else { return }
        var counts: [Outcome: Int] = [:]
        for (candidate, outcome, proof) in settled {
            let change = candidate.change
            try settle(change.id, as: outcome, proof: proof, at: now)
            counts[outcome, default: 0] += candidate.origins.count
            if candidate.isSilent, outcome == .unchanged {
                try setMirror(entity: entity, key: change.key, value: change.after, version: change.version, change: nil)
            }
        }
        try settle(counts, run: run, entity: entity)
    }

    /// Records the answers to a batch: outcome, mirror, error queue and tally together.
    package func settle(_ answers: [SettledChange], run: Int64, entity: String, now: UTCInstant) throws {
        var counts: [Outcome: Int] = [:]
        var applied: [(first: Int64, last: Int64, evidence: String)] = []
        for settled in answers {
            let change = settled.claim.change
            switch settled.answer {
            case .applied(let evidence):
                counts[.applied, default: 0] += settled.claim.origins.count
                if let open = applied.last, open.evidence == evidence, change.id == open.last + 1 {
                    applied[applied.count - 1].last = change.id
                } else {
                    applied.append((change.id, change.id, evidence))
                }
            case .adjusted(let value, let evidence):
                try settle(change.id, as: .applied, proof: evidence, at: now)
                try setMirror(entity: entity, key: change.key, value: value, version: change.version, change: change.id)
                counts[.applied, default: 0] += settled.claim.origins.count
            case .overtaken(let evidence):
                try settle(change.id, as: .superseded, proof: evidence, at: now)
                counts[.superseded, default: 0] += settled.claim.origins.count
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
                try db.cachedStatement(sql: "UPDATE change SET proof = ? WHERE id = ?")
                    .execute(arguments: [diagnostic.summary, change.id])
            }
        }
        for range in applied { try settleApplied(range.first, range.last, proof: range.evidence, at: now) }
        try settle(counts, run: run, entity: entity)
    }

    /// Neighbouring changes with the same answer, in two statements however many they are.
    private func settleApplied(_ first: Int64, _ last: Int64, proof: String, at now: UTCInstant) throws {
        try db.cachedStatement(
            sql: "UPDATE change SET outcome = 'applied', proof = ?, answered = ? WHERE id BETWEEN ? AND ?"
        ).execute(arguments: [proof, now.milliseconds, first, last])
        try db.cachedStatement(
            sql: """
                INSERT INTO mirror (entity, fold, key, value, version, change)
                SELECT entity, fold, key, after, version, id FROM change WHERE id BETWEEN ? AND ?
                ON CONFLICT (entity, fold, key) DO UPDATE SET value = excluded.value,
                  version = max(version, excluded.version), change = excluded.change
                """
        ).execute(arguments: [first, last])
    }

    /// Ends everything of a run that is still deferred in one way: a discarded plan, or one that a newer file overtook.
    package func settleRest(
        of run: Int64, entity only: String? = nil, as outcome: Outcome, because text: String, now: UTCInstant
    ) throws {
        for (entity, _) in try reader.tallies(run: run) where only == nil || only == entity {
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

    func settle(_ change: Int64, as outcome: Outcome, proof: String, at now: UTCInstant) throws {
        try db.cachedStatement(sql: "UPDATE change SET outcome = ?, proof = ?, answered = ? WHERE id = ?")
            .execute(arguments: [outcome.rawValue, proof, now.milliseconds, change])
    }
}

/// A deferred change beside what the mirror holds for its key.
private struct Candidate {
    let change: Change
    let origins: [RecordOrigin]
    let isSilent: Bool
    let held: EncodedValue?
    let heldVersion: Int64
    let due: Int64?
    let heldChange: Int64?

    init(_ row: RawStatement) throws {
        change = Change(
            id: row.integer(0), key: RecordKey(row.bytes(1)), before: row.isNull(2) ? nil : row.bytes(2), after: row.bytes(3),
            version: UTCInstant(milliseconds: row.integer(4))
        )
        origins = try RecordOrigin.decode(row.bytes(5))
        isSilent = row.integer(6) == 1
        held = row.isNull(7) ? nil : row.bytes(7)
        heldVersion = row.isNull(8) ? .min : row.integer(8)
        due = row.isNull(9) ? nil : row.integer(9)
        heldChange = row.isNull(10) ? nil : row.integer(10)
    }
}
