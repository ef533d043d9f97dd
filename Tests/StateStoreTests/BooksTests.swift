import Domain
import Testing

@testable import StateStore

/// The balance is the database's business: whatever a caller does, unbalanced books are not committed.
struct BooksTests {
    @Test func `A1 a commit whose counts do not add up is refused and leaves nothing behind`() throws {
        let fixture = try LedgerFixture()

        let refused = #expect(throws: Diagnostic.self) {
            try fixture.ledger.write { writer in
                let run = try writer.startRun(flow: "stock", delivery: nil, cause: "test", at: fixture.now)
                try writer.set(tally: Tally(read: 5, counts: [.applied: 3]), run: run.id, entity: "stock")
            }
        }

        #expect(refused?.code == "BOOKS-UNBALANCED")
        #expect(try fixture.ledger.read { try $0.recentRuns(limit: 10) }.isEmpty)
    }

    @Test func `inside a transaction counts may move one after another`() throws {
        let fixture = try LedgerFixture()

        try fixture.ledger.write { writer in
            let run = try writer.startRun(flow: "stock", delivery: nil, cause: "test", at: fixture.now)
            try writer.set(tally: Tally(read: 5, counts: [.applied: 3]), run: run.id, entity: "stock")
            try writer.set(tally: Tally(read: 3, counts: [.applied: 3]), run: run.id, entity: "stock")
        }

        #expect(try fixture.ledger.read { try $0.recentRuns(limit: 10) }.count == 1)
    }

    @Test func `A1 a run whose counts are not backed by outcomes cannot be finished`() throws {
        let fixture = try LedgerFixture()
        let run = try fixture.ledger.write { writer in
            let run = try writer.startRun(flow: "stock", delivery: nil, cause: "test", at: fixture.now).id
            try writer.set(tally: Tally(read: 2, counts: [.applied: 2]), run: run, entity: "stock")
            return run
        }

        #expect(throws: Diagnostic.self) {
            try fixture.ledger.write { try $0.set(run: run, to: .finished, verdict: "done", at: fixture.now) }
        }

        #expect(try fixture.ledger.read { try $0.unbalancedRuns() } == [run])
    }

    @Test func `A2 a run with something deferred cannot be finished`() throws {
        let fixture = try LedgerFixture()
        let run = try fixture.plannedRun(changes: 2)

        #expect(throws: Diagnostic.self) {
            try fixture.ledger.write { try $0.set(run: run, to: .finished, verdict: "done", at: fixture.now) }
        }
    }

    @Test func `A2 a settled outcome never changes again`() throws {
        let fixture = try LedgerFixture()
        let run = try fixture.plannedRun(changes: 1)
        let claimed = try fixture.claim(run)
        try fixture.settle(claimed.claims, in: run, .applied(evidence: "ok"))

        #expect(throws: Diagnostic.self) {
            try fixture.settle(
                claimed.claims, in: run, .rejected(RejectReason("X", "no", fix: "none"))
            )
        }

        #expect(try fixture.ledger.read { try $0.tally(run: run, entity: "stock") } == Tally(read: 1, counts: [.applied: 1]))
    }

    @Test func `applied, rejected and deferred answers move the counts together with the outcomes`() throws {
        let fixture = try LedgerFixture()
        let run = try fixture.plannedRun(changes: 3)
        let claims = try fixture.claim(run).claims
        let trouble = Diagnostic("SHOP", "no answer", fix: "wait", kind: .ambiguous)

        try fixture.settle([claims[0]], in: run, .applied(evidence: "ok"))
        try fixture.settle([claims[1]], in: run, .rejected(RejectReason("X", "no", fix: "none")))
        try fixture.settle([claims[2]], in: run, .deferred(trouble))

        let tally = try fixture.ledger.read { try $0.tally(run: run, entity: "stock") }
        #expect(tally == Tally(read: 3, counts: [.applied: 1, .rejected: 1, .deferred: 1]))
        #expect(try fixture.ledger.read { try $0.unbalancedRuns() }.isEmpty)
        #expect(try fixture.ledger.read { try $0.errors(limit: 10) }.map(\.verdict.original) == [[1, 2]])
    }

    @Test func `unchanged records are one counted range, so a file of a million costs one row`() throws {
        let fixture = try LedgerFixture()

        let run = try fixture.ledger.write { writer in
            let run = try writer.startRun(flow: "stock", delivery: nil, cause: "test", at: fixture.now).id
            try writer.set(tally: Tally(read: 1_000_000, counts: [.unchanged: 1_000_000]), run: run, entity: "stock")
            try writer.addRange(run: run, entity: "stock", outcome: .unchanged, first: 1, last: 1_000_000, count: 1_000_000)
            try writer.set(run: run, to: .finished, verdict: "done", at: fixture.now)
            return run
        }

        #expect(try fixture.ledger.read { try $0.run(run)?.state } == .finished)
    }

    @Test func `a range cannot claim more records than it spans`() throws {
        let fixture = try LedgerFixture()

        #expect(throws: Diagnostic.self) {
            try fixture.ledger.write { writer in
                let run = try writer.startRun(flow: "stock", delivery: nil, cause: "test", at: fixture.now).id
                try writer.set(tally: Tally(read: 11, counts: [.unchanged: 11]), run: run, entity: "stock")
                try writer.addRange(run: run, entity: "stock", outcome: .unchanged, first: 1, last: 10, count: 11)
            }
        }
    }
}
