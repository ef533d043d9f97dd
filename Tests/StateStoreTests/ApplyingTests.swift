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

    @Test func `the mirror is read in the order of its key hashes, whole and in parts`() throws {
        let fixture = try LedgerFixture()
        let keys = (0..<500).map { RecordKey("KEY \($0)") }
        try fixture.ledger.write { writer in
            for key in keys { try writer.setMirror(entity: "stock", key: key, value: [7], version: fixture.now, change: nil) }
        }

        var seen: [RecordKey] = []
        var rows = MirrorRows()
        for part in 0..<256 {
            try fixture.ledger.read { try $0.mirror(entity: "stock", keyHashes: KeyHash.range(part: part, of: 256), into: &rows) }
            seen += rows.rows.map { RecordKey(rows.bytes[$0.key]) }
            #expect(rows.rows.map { KeyHash.of(rows.bytes[$0.key]) } == rows.rows.map(\.keyHash))
        }

        #expect(seen.count == 500)
        #expect(Set(seen) == Set(keys))
        let keyHashes = seen.map { KeyHash.of($0.bytes[...]) }
        #expect(keyHashes == keyHashes.sorted())
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
            try fixture.ledger.read { try $0.mirror(entity: "stock", keyHashes: KeyHash.range(part: 0, of: 1), into: &rows) }
            let found = rows.rows.map { (String(decoding: rows.bytes[$0.key], as: UTF8.self), Array(rows.bytes[$0.value]), $0.isProven) }
            #expect(Dictionary(uniqueKeysWithValues: found.map { ($0.0, $0.1) }) == ["none": [], "one": [1], "long": values[2].value, "sent": [9]])
            #expect(found.filter(\.2).map(\.0) == ["sent"])
        }
    }
}
