import Domain
import Foundation
import GRDB
import TestKit
import Testing

@testable import StateStore

/// The error queue by cause.
@Suite struct CausesTests {
    private struct Rejects {
        let fixture: LedgerFixture

        init() throws { fixture = try LedgerFixture() }

        /// A run that rejected records: of each entry as many as it says.
        @discardableResult
        func run(_ kinds: [(code: String, field: String?, value: String, count: Int)], flow: String = "stock") throws -> Int64 {
            try fixture.ledger.write { writer in
                let run = try writer.startRun(flow: flow, delivery: nil, cause: "test", at: fixture.now).id
                let total = kinds.reduce(0) { $0 + $1.count }
                try writer.set(tally: Tally(read: total, counts: [.rejected: total]), run: run, entity: flow)
                var number = 0
                for kind in kinds {
                    for _ in 0..<kind.count {
                        number += 1
                        let reason = RejectReason(kind.code, column: kind.field, value: kind.value, "because", fix: "fix it")
                        let verdict = RecordVerdict(
                            outcome: .rejected, origin: RecordOrigin(number: number, line: number, offset: 0, length: 1),
                            key: RecordKey("SKU-\(run)-\(number)"), reason: reason, original: [1])
                        try writer.add(verdict, run: run, entity: flow)
                    }
                }
                return run
            }
        }

        var causes: [ErrorCause] { get throws { try fixture.ledger.read { try $0.causes() } } }
    }

    @Test func `records that wait for the same reason are one cause over all runs, and the largest comes first`() throws {
        let rejects = try Rejects()
        let first = try rejects.run([("NUMBER-FORMAT", "FREE", "1O", 2), ("WAREHOUSE-UNKNOWN", "WH", "MCR", 5)])
        let last = try rejects.run([("WAREHOUSE-UNKNOWN", "WH", "MCR", 4), ("NUMBER-FORMAT", "PRICE", "x", 1)])
        try rejects.run([("NUMBER-FORMAT", "FREE", "1O", 1)], flow: "prices")

        let causes = try rejects.causes

        #expect(causes.map(\.count) == [9, 2, 1, 1])
        let largest = try #require(causes.first)
        #expect(largest.key == ErrorCause.Key(flow: "stock", entity: "stock", code: "WAREHOUSE-UNKNOWN", field: "WH"))
        #expect((largest.firstRun, largest.lastRun) == (first, last))
        #expect(largest.example.verdict.reason?.fix == "fix it")
        #expect(try rejects.fixture.ledger.read { try $0.causes(flow: "prices") }.map(\.count) == [1])
        #expect(try rejects.fixture.ledger.read { try $0.causes(code: "WAREHOUSE-UNKNOWN") }.map(\.count) == [9])
    }

    @Test func `the value is part of the cause where more than nine in ten have it, and not where they differ`() throws {
        let rejects = try Rejects()
        try rejects.run([("A", "F", "MCR", 19), ("A", "F", "LDS", 1), ("B", "F", "one", 9), ("B", "F", "two", 1), ("C", nil, "", 3)])
        let values = Dictionary(uniqueKeysWithValues: try rejects.causes.map { ($0.key.code, $0.value) })
        #expect(values["A"] == "MCR")
        #expect(values["B"] == .some(nil))
    }

    @Test func `what is rejected after the list was read is not among the records up to its highest number`() throws {
        let rejects = try Rejects()
        try rejects.run([("A", "F", "x", 3)])
        let seen = try #require(try rejects.causes.first)
        try rejects.run([("A", "F", "x", 2)])
        let ledger = rejects.fixture.ledger

        let frozen = try ledger.read { try $0.openErrorNumbers(of: seen.key, through: seen.highest) }
        #expect(frozen.count == 3)
        #expect(try ledger.read { try $0.openErrors(of: seen.key, limit: 100) }.count == 5)
        // What was settled meanwhile is not among them either.
        _ = try ledger.write { try $0.close(errors: [frozen[0]], as: .dismissed, by: nil) }
        #expect(try ledger.read { try $0.openErrorNumbers(of: seen.key, through: seen.highest) } == Array(frozen.dropFirst()))
    }

    @Test func `pages of a cause follow one another by number, each record once`() throws {
        let rejects = try Rejects()
        for _ in 0..<4 { try rejects.run([("A", "F", "x", 5), ("B", "F", "y", 2)]) }
        let cause = try #require(try rejects.causes.first)
        var seen: [Int64] = []
        while true {
            let page = try rejects.fixture.ledger.read { try $0.openErrors(of: cause.key, after: seen.last ?? 0, limit: 6) }
            if page.isEmpty { break }
            seen += page.map(\.id)
        }
        #expect(seen.count == 20)
        #expect(seen == Set(seen).sorted())
    }

    @Test func `a record of a key is found without reading the queue`() throws {
        let rejects = try Rejects()
        let run = try rejects.run([("A", "F", "x", 3)])
        try rejects.run([("A", "F", "x", 3)], flow: "prices")
        let found = try rejects.fixture.ledger.read { try $0.openErrors(key: RecordKey("SKU-\(run)-2")) }
        #expect(found.map(\.flow) == ["stock"])
        #expect(try rejects.fixture.ledger.read { try $0.openErrors(key: RecordKey("SKU-9-9")) }.isEmpty)
    }

    /// What the triggers must have kept, counted record by record.
    private static let counted = """
        SELECT run, entity, ifnull(code, '') AS code, ifnull(field, char(0)) AS field, count(*) AS rejected, sum(queue IS 'open') AS open
        FROM record_outcome WHERE outcome = 'rejected' GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
        """
    private static let kept = "SELECT run, entity, code, field, rejected, open FROM reason_count ORDER BY 1, 2, 3, 4"

    private func rows(_ sql: String, _ ledger: Ledger) throws -> [String] { try ledger.read { try Row.fetchAll($0.db, sql: sql).map { "\($0)" } } }

    @Test func `the counts of reasons are those of the records after every kind of writing: rejected, settled, put back, erased, forgotten`() throws {
        var random = SeededRandom(seed: 17)
        let rejects = try Rejects()
        let ledger = rejects.fixture.ledger
        var runs: [Int64] = []
        for round in 0..<60 {
            switch Int.random(in: 0..<7, using: &random) {
            case 0, 1:
                runs.append(try rejects.run([("A", "F", "x", Int.random(in: 1...5, using: &random)), ("A", nil, "y", 2), ("B", "", "z", 1)]))
            case 2:
                let open = try ledger.read { try $0.errors(limit: 1000).map(\.id) }.filter { _ in Bool.random(using: &random) }
                _ = try ledger.write { try $0.close(errors: open + open, as: round.isMultiple(of: 2) ? .retried : .dismissed, by: runs.last) }
            case 3: if let run = runs.last { try ledger.write { try $0.reopenErrors(settledBy: run) } }
            case 4: if let run = runs.randomElement(using: &random) { try ledger.write { try $0.dismissErrors(run: run) } }
            case 5:
                _ = try ledger.write { writer in
                    try writer.db.execute(
                        sql: "UPDATE record_outcome SET key = CAST('erased' AS BLOB), queue = NULL WHERE id % 7 = 3 AND queue = 'open'")
                }
            default: if let run = runs.randomElement(using: &random) { try ledger.write { try $0.clearDraft(run: run, entity: "stock") } }
            }
            #expect(try rows(Self.counted, ledger) == rows(Self.kept, ledger), "after round \(round)")
            let open = try ledger.read { try $0.errors(limit: 1000) }
            #expect(try ledger.read { try $0.openErrorCount() } == open.count)
            #expect(try ledger.read { try $0.openErrorCount(flow: "stock") } == open.count)
            for cause in try rejects.causes {
                let own = open.filter { $0.verdict.reason?.code == cause.key.code && $0.verdict.reason?.column == cause.key.field }
                #expect(cause.count == own.count && own.contains { $0.id == cause.example.id })
                #expect(own.allSatisfy { (cause.lowest...cause.highest).contains($0.id) })
            }
        }
    }

    @Test func `a ledger of the schema before has its reasons counted when it is upgraded`() throws {
        let folder = TemporaryFolder()
        let path = folder.path + "/ledger.db"
        let before = try Ledger(path: path, migrations: LedgerSchema.migrations.filter { $0.name < "6" })
        try before.write { writer in
            let run = try writer.startRun(flow: "stock", delivery: nil, cause: "test", at: UTCInstant(seconds: 1)).id
            try writer.set(tally: Tally(read: 3, counts: [.rejected: 3]), run: run, entity: "stock")
            for (number, field) in [(1, "F"), (2, "F"), (3, nil)] {
                let reason = RejectReason("A", column: field, value: "x", "because", fix: "fix it")
                try writer.add(
                    RecordVerdict(
                        outcome: .rejected, origin: RecordOrigin(number: number, line: number, offset: 0, length: 1), key: nil, reason: reason,
                        original: [1]), run: run, entity: "stock")
            }
            try writer.db.execute(sql: "UPDATE record_outcome SET queue = 'dismissed' WHERE number = 2")
        }
        let ledger = try Ledger(path: path)
        #expect(try rows(Self.counted, ledger) == rows(Self.kept, ledger))
        #expect(try ledger.read { try $0.causes().map(\.count) } == [1, 1])
        #expect(try ledger.read { try $0.topReasons(run: 1).map(\.count) } == [2, 1])
    }

    @Test func `counting by cause reads an index of what waits and no record, whatever statistics SQLite has`() throws {
        let rejects = try Rejects()
        for _ in 0..<5 { try rejects.run([("A", "F", "x", 50), ("B", nil, "y", 20)]) }
        let ledger = rejects.fixture.ledger
        try ledger.write { try $0.db.execute(sql: "ANALYZE") }
        let plan = try ledger.read { reader in
            try String.fetchAll(
                reader.db,
                sql: """
                    EXPLAIN QUERY PLAN SELECT entity, code, field, sum(open), min(first), max(last) FROM reason_count INDEXED BY reason_count_open
                    WHERE open > 0 GROUP BY entity, code, field
                    """, adapter: RangeRowAdapter(3..<4))
        }
        #expect(plan == ["SCAN reason_count USING COVERING INDEX reason_count_open"])
        #expect(try rejects.causes.map(\.count) == [250, 100])
    }
}
