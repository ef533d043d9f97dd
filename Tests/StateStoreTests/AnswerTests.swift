import Domain
import GRDB
import Testing

@testable import StateStore

/// What became of changes: rows that cover neighbours.
struct AnswerTests {
    private func answers(_ fixture: LedgerFixture) throws -> [String] {
        try fixture.ledger.read { reader in
            try Row.fetchAll(reader.db, sql: "SELECT * FROM answer ORDER BY first").map { row in
                "\(row["first"] as Int64)-\(row["last"] as Int64) \(row["outcome"] as String) \(row["records"] as Int)"
            }
        }
    }

    @Test func `neighbours with the same answer are one row, however many they are`() throws {
        let fixture = try LedgerFixture()
        let run = try fixture.plannedRun(changes: 200)
        let claims = try fixture.claim(run, limit: 200).claims

        try fixture.settle(Array(claims[..<120]), in: run, .applied(evidence: "200 []"))
        try fixture.settle([claims[120]], in: run, .rejected(RejectReason("X", "no", fix: "none")))
        try fixture.settle(Array(claims[121...]), in: run, .applied(evidence: "200 []"))

        #expect(try answers(fixture) == ["1-120 applied 120", "121-121 rejected 1", "122-200 applied 79"])
        try fixture.ledger.write { try $0.set(run: run, to: .finished, verdict: "done", at: fixture.now) }
        #expect(try fixture.ledger.read { try $0.unbalancedRuns() }.isEmpty)
    }

    @Test func `another answer between two like ones keeps them apart`() throws {
        let fixture = try LedgerFixture()
        let run = try fixture.plannedRun(changes: 3)
        let claims = try fixture.claim(run).claims

        try fixture.settle([claims[0], claims[2]], in: run, .applied(evidence: "200 []"))

        #expect(try answers(fixture) == ["1-1 applied 1", "3-3 applied 1"])
        #expect(try fixture.claim(run).claims.map(\.change.id) == [2])
    }

    @Test func `A2 no answer may overlap one that is there, and none may be changed`() throws {
        let fixture = try LedgerFixture()
        let run = try fixture.plannedRun(changes: 10)
        try fixture.settle(try fixture.claim(run, limit: 5).claims, in: run, .applied(evidence: "ok"))
        let before = try answers(fixture)

        for ends in [(1, 1), (5, 6), (1, 10), (3, 4), (5, 5)] {
            let sql = "INSERT INTO answer VALUES (\(ends.0), \(ends.1), \(run), 'stock', 'superseded', 1, NULL, 0)"
            #expect(throws: Diagnostic.self) { try fixture.ledger.write { try $0.db.execute(sql: sql) } }
        }
        for column in ["last = 9", "outcome = 'rejected'", "records = 9", "run = 9"] {
            #expect(throws: Diagnostic.self) { try fixture.ledger.write { try $0.db.execute(sql: "UPDATE answer SET \(column)") } }
        }

        #expect(try answers(fixture) == before)
    }

    @Test func `plans that are written side by side answer for their own changes alone`() throws {
        let fixture = try LedgerFixture()
        let first = try fixture.plannedRun(changes: 3)
        let second = try fixture.plannedRun(changes: 0)
        try fixture.addChanges(to: second, named: ["B-0", "B-1", "B-2"])
        try fixture.addChanges(to: first, named: ["LATE-0", "LATE-1"])

        let mine = try fixture.claim(first, limit: 4).claims
        try fixture.settle(mine, in: first, .applied(evidence: "ok"))

        #expect(mine.map(\.change.id) == [1, 2, 3, 7])
        #expect(try answers(fixture) == ["1-3 applied 3", "7-7 applied 1"])
        #expect(try fixture.claim(first).claims.map(\.change.id) == [8])
        #expect(try fixture.claim(second).claims.map(\.change.id) == [4, 5, 6])
        var astray = AnswerRanges()
        for id in Int64(3)...5 { astray.add(id, as: .applied, records: 1, proof: "ok") }
        #expect(throws: Diagnostic.self) {
            try fixture.ledger.write { try $0.settle(astray, run: second, entity: "stock", at: fixture.now) }
        }
        #expect(try fixture.ledger.read { try $0.unbalancedRuns() }.isEmpty)
    }

    @Test func `a discarded plan is one row`() throws {
        let fixture = try LedgerFixture()
        let run = try fixture.plannedRun(changes: 200)

        try fixture.ledger.write { try $0.settleRest(of: run, as: .superseded, because: "discarded", now: fixture.now) }

        #expect(try answers(fixture) == ["1-200 superseded 200"])
        #expect(try fixture.ledger.read { try $0.tally(run: run, entity: "stock") } == Tally(read: 200, counts: [.superseded: 200]))
    }

    @Test func `why a change waits is told until it has an answer`() throws {
        let fixture = try LedgerFixture()
        let run = try fixture.plannedRun(changes: 1)
        let claims = try fixture.claim(run).claims
        let proof = { try fixture.ledger.read { try $0.change(1)?.proof } }

        try fixture.settle(claims, in: run, .deferred(Diagnostic("SHOP", "no answer", fix: "wait", kind: .ambiguous)))
        #expect(try proof() == "no answer")
        try fixture.settle(claims, in: run, .applied(evidence: "read back"))

        #expect(try proof() == "read back")
    }

    @Test func `a number is not given again when the newest changes are forgotten, so that no old answer stands for a new change`() throws {
        let fixture = try LedgerFixture()
        let run = try fixture.plannedRun(changes: 3)
        try fixture.settle(try fixture.claim(run).claims, in: run, .applied(evidence: "ok"))
        try fixture.ledger.write { writer in
            try writer.set(run: run, to: .finished, verdict: "done", at: fixture.now)
            // The mirror rests on the first alone.
            for number in 1..<3 { try writer.db.execute(sql: "UPDATE mirror SET change = NULL WHERE change = ?", arguments: [number + 1]) }
            #expect(try writer.condenseRuns(endedBefore: fixture.now.adding(.seconds(1))) == 1)
        }

        let next = try fixture.plannedRun(changes: 2)

        #expect(try fixture.ledger.read { try $0.changes(run: run, limit: 9).map(\.change.id) } == [1])
        #expect(try fixture.ledger.read { try $0.changes(run: next, limit: 9) }.map(\.change.id) == [4, 5])
        #expect(try fixture.ledger.read { try $0.changes(run: next, limit: 9) }.map(\.outcome) == [.deferred, .deferred])
    }

    @Test func `a key's changes are found in every run, newest first`() throws {
        let fixture = try LedgerFixture()
        let runs = try (0..<3).map { _ in try fixture.plannedRun(changes: 2) }

        let found = try fixture.ledger.read { try $0.changes(entity: "stock", key: RecordKey("SKU-1"), limit: 2) }

        #expect(found.map(\.run) == [runs[2], runs[1]])
    }

    @Test func `changes cannot be added to a plan that is not there`() throws {
        let fixture = try LedgerFixture()
        let run = try fixture.ledger.write { try $0.startRun(flow: "stock", delivery: nil, cause: "test", at: fixture.now).id }

        #expect(throws: Diagnostic.self) { try fixture.addChanges(to: run, named: ["A"]) }

        #expect(try fixture.ledger.read { try $0.change(1) } == nil)
    }
}
