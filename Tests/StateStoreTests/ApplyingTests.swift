import Domain
import GRDB
import Testing

@testable import StateStore

struct ApplyingTests {
    @Test func `G2 a change that was sent and never answered is marked as unsettled when it is claimed again`() throws {
        let fixture = try LedgerFixture()
        let run = try fixture.plannedRun(changes: 1)

        let first = try fixture.claim(run)
        let second = try fixture.claim(run)

        #expect(first.claims.map(\.isUnsettled) == [false])
        #expect(second.claims.map(\.isUnsettled) == [true])
    }

    @Test func `C1 a key that holds another value by now is superseded, not overwritten`() throws {
        let fixture = try LedgerFixture()
        let run = try fixture.plannedRun(changes: 2)
        try fixture.ledger.write { writer in
            try writer.setMirror(entity: "stock", key: RecordKey("SKU-0"), value: [99], version: fixture.now, change: nil)
            try writer.setMirror(entity: "stock", key: RecordKey("SKU-1"), value: [1], version: fixture.now, change: nil)
        }

        let claimed = try fixture.claim(run)

        #expect(claimed.claims.isEmpty)
        let tally = try fixture.ledger.read { try $0.tally(run: run, entity: "stock") }
        #expect(tally == Tally(read: 2, counts: [.superseded: 1, .unchanged: 1]))
        #expect(try fixture.ledger.read { try $0.mirror(entity: "stock", key: RecordKey("SKU-0"))?.value } == [99])
    }

    @Test func `an applied change becomes the mirror's value with its origin`() throws {
        let fixture = try LedgerFixture()
        let run = try fixture.plannedRun(changes: 1)
        let claims = try fixture.claim(run).claims

        try fixture.settle(claims, in: run, .applied(evidence: "200 []"))

        let entry = try fixture.ledger.read { try $0.mirror(entity: "stock", key: RecordKey("SKU-0")) }
        #expect(entry?.value == [0])
        #expect(entry?.change == claims[0].change.id)
        let change = try fixture.ledger.read { try $0.change(claims[0].change.id) }
        #expect(change?.origins.map(\.line) == [2])
        #expect(change?.proof == "200 []")
    }

    @Test func `the mirror is read in the order of its folds, whole and in parts`() throws {
        let fixture = try LedgerFixture()
        let keys = (0..<500).map { RecordKey("KEY \($0)") }
        try fixture.ledger.write { writer in
            for key in keys { try writer.setMirror(entity: "stock", key: key, value: [7], version: fixture.now, change: nil) }
        }

        var seen: [RecordKey] = []
        var rows = MirrorRows()
        for part in 0..<256 {
            try fixture.ledger.read { try $0.mirror(entity: "stock", folds: KeyHash.range(part: part, of: 256), into: &rows) }
            seen += rows.rows.map { RecordKey(rows.bytes[$0.key]) }
            #expect(rows.rows.map { KeyHash.of(rows.bytes[$0.key]) } == rows.rows.map(\.fold))
        }

        #expect(seen.count == 500)
        #expect(Set(seen) == Set(keys))
        let folds = seen.map { KeyHash.of($0.bytes[...]) }
        #expect(folds == folds.sorted())
    }

    @Test func `a part of the mirror holds one entity's values, short and long, and tells which of them were sent`() throws {
        let fixture = try LedgerFixture()
        let run = try fixture.plannedRun(changes: 1)
        let claim = try fixture.claim(run).claims[0]
        let values: [(key: String, value: [UInt8])] = [("none", []), ("one", [1]), ("long", [UInt8](repeating: 7, count: 20_000))]
        try fixture.ledger.write { writer in
            for (key, value) in values {
                try writer.setMirror(entity: "stock", key: RecordKey(key), value: value, version: fixture.now, change: nil)
            }
            try writer.setMirror(entity: "stock", key: RecordKey("sent"), value: [9], version: fixture.now, change: claim.change.id)
            try writer.setMirror(entity: "price", key: RecordKey("one"), value: [2], version: fixture.now, change: nil)
        }

        var rows = MirrorRows()
        for _ in 1...2 {
            try fixture.ledger.read { try $0.mirror(entity: "stock", folds: KeyHash.range(part: 0, of: 1), into: &rows) }
            let found = rows.rows.map { (String(decoding: rows.bytes[$0.key], as: UTF8.self), Array(rows.bytes[$0.value]), $0.isProven) }
            #expect(Dictionary(uniqueKeysWithValues: found.map { ($0.0, $0.1) }) == ["none": [], "one": [1], "long": values[2].value, "sent": [9]])
            #expect(found.filter(\.2).map(\.0) == ["sent"])
        }
    }

    @Test func `a mirror whose rows came in another order would be refused, not compared`() throws {
        let fixture = try LedgerFixture()
        try fixture.ledger.write { writer in
            for number in 0..<10 {
                try writer.setMirror(entity: "stock", key: RecordKey("K\(number)"), value: [1], version: fixture.now, change: nil)
            }
        }
        var rows = MirrorRows()

        #expect(throws: DatabaseError.self) {
            try fixture.ledger.queue.inDatabase { db in
                let statement = try RawStatement(
                    db, "SELECT gather_mirror(?, fold, key, value, change) FROM (SELECT * FROM mirror ORDER BY fold DESC LIMIT -1)")
                try withUnsafeMutablePointer(to: &rows) { rows in
                    statement.bind(rows, kind: MirrorGathering.kind, at: 1)
                    while try statement.next() {}
                }
            }
        }
        #expect(rows.rows.count == 1)
    }

    @Test func `nothing that SQL could say makes the ledger write a mirror's rows anywhere`() throws {
        let fixture = try LedgerFixture()
        try fixture.ledger.write { try $0.setMirror(entity: "stock", key: RecordKey("A"), value: [1], version: fixture.now, change: nil) }

        #expect(throws: (any Error).self) {
            try fixture.ledger.read { try $0.db.execute(sql: "SELECT gather_mirror(4096, fold, key, value, change) FROM mirror") }
        }
    }
}
