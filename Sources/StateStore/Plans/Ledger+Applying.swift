package import Domain
import Foundation
import GRDB

/// Changes that may be sent now.
package struct ClaimedChanges: Sendable {
    package struct Claim: Sendable {
        package var change: Change
        /// How many records of the file stand behind it.
        package var records: Int
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
    /// Values with a later day are left where they are until `now` has reached it. Changes that go first fill batches of their own, so
    /// that they do not wait for the rest of one.
    package func claim(run: Int64, entity: String, after id: Int64, limit: Int, now: UTCInstant) throws -> ClaimedChanges {
        let ending = ChangeNumbers.lastEnding(of: run)
        if id < ending, try reader.span(run: run, entity: entity, after: id).first <= ending {
            let first = try claim(run: run, entity: entity, after: id, through: ending, limit: limit, now: now)
            if first.highest != nil { return first }
        }
        return try claim(run: run, entity: entity, after: id, through: .max, limit: limit, now: now)
    }

    private func claim(
        run: Int64, entity: String, after id: Int64, through end: Int64, limit: Int, now: UTCInstant
    ) throws -> ClaimedChanges {
        let sentThrough =
            try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT sent_through FROM plan WHERE run = ? AND entity = ?"), arguments: [run, entity]
            ) ?? 0
        var claimed = ClaimedChanges(claims: [], settled: 0, highest: nil)
        var answers = AnswerRanges()
        var remembered: [Change] = []
        let rows = try candidates(run: run, entity: entity, after: id, through: end, limit: limit, now: now)
        while try rows.next() {
            let candidate = Candidate(rows)
            let change = candidate.change
            claimed.highest = change.id
            switch candidate.fate {
            case .overtaken, .moved:
                let outcome: Outcome = candidate.isThere ? .unchanged : .superseded
                let proof = candidate.fate == .moved && !candidate.isThere ? Self.movedProof : "a newer value was there first"
                answers.add(change.id, as: outcome, records: candidate.records, proof: proof)
                if candidate.isThere, candidate.isSilent { remembered.append(change) }
                claimed.settled += 1
            case .silent:
                answers.add(change.id, as: .unchanged, records: candidate.records, proof: "the shop holds it already")
                remembered.append(change)
                claimed.settled += 1
            case .sendable:
                claimed.claims.append(
                    ClaimedChanges.Claim(change: change, records: candidate.records, isUnsettled: change.id <= sentThrough))
            }
        }
        try settle(answers, run: run, entity: entity, at: now)
        try remember(remembered, entity: entity, by: run)
        if let last = claimed.claims.last?.change.id, last > sentThrough {
            try db.cachedStatement(sql: "UPDATE plan SET sent_through = ? WHERE run = ? AND entity = ?")
                .execute(arguments: [last, run, entity])
        }
        return claimed
    }

    /// Of a change that was compared with a value which is no longer there, though no newer file has told of its key.
    static let movedProof = "the value that it was compared with had changed"

    /// Deferred changes beside what the mirror holds of their keys.
    ///
    /// A value without a day of its own gives way to every newer or other one. A dated value gives way only to what became
    /// true after its day: whatever a file of before that day said, it said of the time before. Values are compared here and
    /// not handed out: nearly all of them are as they were. Where nobody can have written any, the mirror is not looked at. A time that
    /// cannot be yet makes no value newer than another.
    private func candidates(
        run: Int64, entity: String, after id: Int64, through end: Int64, limit: Int, now: UTCInstant
    ) throws -> RawStatement {
        let rows = try RawStatement(
            db,
            """
            SELECT c.id, c.key, c.before, c.after, c.version, c.records, c.silent, m.value IS c.after,
              CASE WHEN ?1 THEN 0
              WHEN c.due IS NULL THEN CASE WHEN m.version > c.version AND m.version <= ?9 THEN 1 WHEN m.value IS NOT c.before THEN 2 ELSE 0 END
              ELSE m.value IS c.after OR coalesce((SELECT due FROM change WHERE id = m.change), m.version) > c.due END
            FROM change c LEFT JOIN mirror m ON m.entity = CASE WHEN ?1 THEN NULL ELSE c.entity END AND m.key_hash = c.key_hash AND m.key = c.key
            WHERE c.id BETWEEN ?2 AND ?3 AND +c.run = ?4 AND c.entity = ?5 AND (c.due IS NULL OR c.due <= ?6)
              AND (?7 OR coalesce((SELECT last FROM answer WHERE first <= c.id ORDER BY first DESC LIMIT 1), 0) < c.id)
            ORDER BY c.id LIMIT ?8
            """
        )
        let span = try reader.span(run: run, entity: entity, after: id)
        rows.bind(try isMirrorAsPlanned(run: run, entity: entity) ? 1 : 0, at: 1)
        rows.bind(span.first, at: 2)
        rows.bind(min(span.last, end), at: 3)
        rows.bind(run, at: 4)
        rows.bind(entity, at: 5)
        rows.bind(now.milliseconds, at: 6)
        rows.bind(try isAnyAnswered(in: span) ? 0 : 1, at: 7)
        rows.bind(limit, at: 8)
        rows.bind(now.adding(UTCInstant.believableLead).milliseconds, at: 9)
        return rows
    }

    /// Answers do not overlap, so the last one that begins in the span or before it tells. Mostly there is none ahead, and then it
    /// need not be looked for change by change.
    private func isAnyAnswered(in span: (first: Int64, last: Int64)) throws -> Bool {
        let last = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT last FROM answer WHERE first <= ? ORDER BY first DESC LIMIT 1"), arguments: [span.last])
        return (last ?? 0) >= span.first
    }

    /// Records the answers to a batch: outcome, mirror, error queue and tally together.
    package func settle(_ settled: [SettledChange], run: Int64, entity: String, now: UTCInstant) throws {
        var answers = AnswerRanges()
        for settled in settled {
            let change = settled.claim.change
            let records = settled.claim.records
            switch settled.answer {
            case .applied(let evidence): answers.add(change.id, as: .applied, records: records, proof: evidence)
            case .adjusted(_, let evidence): answers.add(change.id, as: .applied, records: records, proof: evidence)
            case .overtaken(let evidence): answers.add(change.id, as: .superseded, records: records, proof: evidence)
            case .rejected(let reason):
                answers.add(change.id, as: .rejected, records: records, proof: reason.code)
                for (origin, original) in zip(try reader.origins(of: change.id), settled.originals) {
                    try add(
                        RecordVerdict(outcome: .rejected, origin: origin, key: change.key, reason: reason, original: original),
                        run: run, entity: entity
                    )
                }
            case .deferred(let diagnostic):
                try db.cachedStatement(sql: "UPDATE change SET trouble = ? WHERE id = ?")
                    .execute(arguments: [diagnostic.summary, change.id])
            }
        }
        try settle(answers, run: run, entity: entity, at: now)
        if let newest = settled.lazy.map(\.claim.change.version).max() {
            try mirror(answers.ranges.filter { $0.outcome == .applied }, entity: entity, newest: newest, by: run)
        }
        for settled in settled {
            guard case .adjusted(let value, _) = settled.answer else { continue }
            let change = settled.claim.change
            try setMirror(entity: entity, key: change.key, value: value, version: change.version, change: change.id)
        }
    }

    /// Ends everything of a run that is still deferred in one way: a discarded plan, or one that a newer file overtook.
    package func settleRest(
        of run: Int64, entity only: String? = nil, as outcome: Outcome, because text: String, now: UTCInstant
    ) throws {
        for (entity, _) in try reader.tallies(run: run) where only == nil || only == entity {
            let rest = try RawStatement(
                db,
                "SELECT id, records FROM planned_change WHERE id BETWEEN ? AND ? AND +run = ? AND entity = ? AND outcome = 'deferred' ORDER BY id"
            )
            let span = try reader.span(run: run, entity: entity)
            rest.bind(span.first, at: 1)
            rest.bind(span.last, at: 2)
            rest.bind(run, at: 3)
            rest.bind(entity, at: 4)
            var answers = AnswerRanges()
            while try rest.next() { answers.add(rest.integer(0), as: outcome, records: Int(rest.integer(1)), proof: text) }
            try settle(answers, run: run, entity: entity, at: now)
        }
    }

    /// Writes down what became of changes that had no outcome yet, and moves their records in the tally. The database refuses a
    /// second outcome for any of them, and one for a change of another plan.
    func settle(_ answers: AnswerRanges, run: Int64, entity: String, at now: UTCInstant) throws {
        guard !answers.ranges.isEmpty else { return }
        let insert = try db.cachedStatement(
            sql: """
                INSERT INTO answer (first, last, run, entity, outcome, records, proof, answered)
                SELECT ?1, ?2, ?3, ?4, ?5, records, ?6, ?7 FROM
                  (SELECT count(*) AS changes, sum(records) AS records FROM change WHERE id BETWEEN ?1 AND ?2 AND +run = ?3 AND +entity = ?4)
                WHERE changes = ?2 - ?1 + 1
                """
        )
        for range in answers.ranges {
            try insert.execute(arguments: [range.first, range.last, run, entity, range.outcome.rawValue, range.proof, now.milliseconds])
            guard db.changesCount == 1 else {
                throw Diagnostic(
                    "BOOKS-UNBALANCED", "the changes \(range.first) to \(range.last) are not all of run \(run)'s plan of \(entity)",
                    fix: "nothing was written; this is a fault of the program: report it"
                )
            }
        }
        try settle(answers.records, run: run, entity: entity)
    }
}

extension LedgerReader {
    /// Whether a change of the run was not sent because the value that it was compared with had changed.
    package func hasMovedValues(run: Int64) throws -> Bool {
        try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM answer WHERE run = ? AND outcome = 'superseded' AND proof = ?)",
            arguments: [run, LedgerWriter.movedProof]) ?? false
    }
}

/// A deferred change beside what the mirror holds for its key.
private struct Candidate {
    enum Fate {
        /// A newer value of the key was there first.
        case overtaken
        /// Another value is there than the one that it was compared with.
        case moved
        /// It concerns our memory alone.
        case silent
        case sendable
    }

    let change: Change
    let records: Int
    let isSilent: Bool
    /// The mirror has the value already.
    let isThere: Bool
    let fate: Fate

    init(_ row: RawStatement) {
        change = Change(
            id: row.integer(0), key: RecordKey(row.bytes(1)), before: row.isNull(2) ? nil : row.bytes(2), after: row.bytes(3),
            version: UTCInstant(milliseconds: row.integer(4))
        )
        records = Int(row.integer(5))
        isSilent = row.integer(6) == 1
        isThere = row.integer(7) == 1
        fate =
            switch row.integer(8) {
            case 0: isSilent ? .silent : .sendable
            case 1: .overtaken
            default: .moved
            }
    }
}
