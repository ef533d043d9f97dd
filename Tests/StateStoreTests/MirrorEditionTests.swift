import Domain
import Testing

@testable import StateStore

/// While nobody else writes to the mirror, a plan's changes need not be held against it one by one.
struct MirrorEditionTests {
    private let fixture: LedgerFixture
    private let run: Int64

    init() throws {
        fixture = try LedgerFixture()
        run = try fixture.plannedRun(changes: 3)
        let run = run
        try fixture.ledger.write { try $0.notePlannedMirror(run: run, entity: "stock") }
    }

    private var isAsPlanned: Bool {
        get throws { try fixture.ledger.write { try $0.isMirrorAsPlanned(run: run, entity: "stock") } }
    }

    private func set(_ key: String, _ value: UInt8, _ entity: String = "stock", version: UTCInstant? = nil) throws {
        try fixture.ledger.write {
            try $0.setMirror(entity: entity, key: RecordKey(key), value: [value], version: version ?? fixture.now, change: nil)
        }
    }

    @Test func `a plan goes along with what its own run writes`() throws {
        #expect(try isAsPlanned)

        let claims = try fixture.claim(run, limit: 2).claims
        try fixture.settle(claims, in: run, .applied(evidence: "ok"))

        #expect(try isAsPlanned)
        let rest = try fixture.ledger.write { try $0.claim(run: run, entity: "stock", after: 0, limit: 9, now: fixture.now) }
        #expect(rest.claims.map(\.change.key) == [RecordKey("SKU-2")])
        #expect(try fixture.ledger.read { try $0.mirrorCount(entity: "stock") } == 2)
    }

    @Test func `C1 what somebody else wrote meanwhile is seen, and not overwritten`() throws {
        try set("SKU-0", 99)

        #expect(try !isAsPlanned)
        let claimed = try fixture.claim(run)
        #expect(claimed.claims.map(\.change.key) == [RecordKey("SKU-1"), RecordKey("SKU-2")])
        let tally = try fixture.ledger.read { try $0.tally(run: run, entity: "stock") }
        #expect(tally?[.superseded] == 1)
    }

    @Test func `C1 it is seen between two batches as well`() throws {
        let first = try fixture.claim(run, limit: 1).claims
        try fixture.settle(first, in: run, .applied(evidence: "ok"))
        try set("SKU-1", 99)

        let claimed = try fixture.claim(run)

        #expect(claimed.claims.map(\.change.key) == [RecordKey("SKU-2")])
        try fixture.settle(claimed.claims, in: run, .applied(evidence: "ok"))
        #expect(try !isAsPlanned)
    }

    @Test func `C1 a value of a later time than the plan's is looked at, though it was there before`() throws {
        let fixture = try LedgerFixture()
        try fixture.ledger.write {
            try $0.setMirror(
                entity: "stock", key: RecordKey("SKU-1"), value: [7], version: fixture.now.adding(.seconds(60)), change: nil)
        }
        let run = try fixture.plannedRun(changes: 1)
        try fixture.ledger.write { try $0.notePlannedMirror(run: run, entity: "stock") }

        #expect(try fixture.ledger.write { try !$0.isMirrorAsPlanned(run: run, entity: "stock") })
    }

    @Test func `another entity's mirror is another matter`() throws {
        try set("SKU-0", 99, "prices")

        #expect(try isAsPlanned)
    }

    @Test func `another run's values make a plan look again`() throws {
        let other = try fixture.plannedRun(changes: 1)
        try fixture.settle(try fixture.claim(other).claims, in: other, .applied(evidence: "ok"))

        #expect(try !isAsPlanned)
    }

    @Test func `the first look at the shop makes a plan look again`() throws {
        try fixture.ledger.write { try $0.observe([ObservedValue(key: RecordKey("SKU-9"), value: [1])], entity: "stock") }

        #expect(try !isAsPlanned)
    }

    @Test func `where a person was forgotten, every plan looks again`() throws {
        try set("ann@example.com", 1)
        try fixture.ledger.write { try $0.notePlannedMirror(run: run, entity: "stock") }
        #expect(try isAsPlanned)

        _ = try fixture.ledger.write { try $0.erase(Erasure(orders: [], texts: ["ann@example.com"], entities: [])) }

        #expect(try !isAsPlanned)
    }

    @Test func `a plan that was never compared looks at every value`() throws {
        let uncompared = try fixture.plannedRun(changes: 1)

        #expect(try fixture.ledger.write { try !$0.isMirrorAsPlanned(run: uncompared, entity: "stock") })
    }
}
