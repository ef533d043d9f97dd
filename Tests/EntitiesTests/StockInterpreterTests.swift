import Domain
import TestKit
import Testing

@testable import Entities

/// What becomes of a SKU, for one file's rows against one mirror.
struct StockInterpreterTests {
    /// A row as a profile would give it; `nil` where the cell is blank with the policy keep.
    private struct Row {
        var warehouse: String
        var onHand: Int64?
        var allocated: Int64 = 0
        var isRejected = false
    }

    private func definition(
        _ duplicates: StockDefinition.DuplicatePolicy = .reject, missing: StockDefinition.MissingPolicy = .unchanged
    ) -> StockDefinition {
        StockDefinition(
            warehouses: .sources(["LDS": "main", "BHM": "main", "NCL": "north"], ignored: ["TRADE"]), missing: missing,
            duplicates: duplicates
        )
    }

    private func decide(
        _ rows: [Row], _ definition: StockDefinition, mirror: StockValue? = nil, mode: FileMode = .full
    ) -> (verdict: KeyVerdict, refused: [String]) {
        var batch = RecordBatch(fieldCount: definition.fields.count)
        for (index, row) in rows.enumerated() {
            func text(_ text: String) -> RecordBatch.Cell {
                let start = batch.bytes.count
                batch.bytes.append(contentsOf: text.utf8)
                return .text(start..<batch.bytes.count)
            }
            let origin = RecordOrigin(number: index + 1, line: index + 2, offset: 0, length: 0)
            let first = batch.cells.count
            let cells = [
                text("A"), text(row.warehouse), row.onHand.map { .decimal(ExactDecimal($0)) } ?? .blank, .decimal(ExactDecimal(row.allocated)),
            ]
            batch.cells += cells + Array(repeating: .absent, count: definition.fields.count - cells.count)
            batch.entries.append(.init(origin: origin, firstCell: first, rowCount: 1, rejection: row.isRejected ? 0 : -1))
        }
        var interpreter = definition.makeInterpreter(asOf: UTCInstant(milliseconds: 0))
        var keyed = KeyedRows()
        interpreter.interpret(batch, into: &keyed)
        let group = KeyGroup(key: Array("A".utf8)[...], bytes: keyed.bytes, rows: keyed.rows[...])
        let verdict = interpreter.decide(group, mirror: mirror?.encoded[...], mode: mode)
        return (verdict, keyed.rejected.map(\.reason.code))
    }

    private func levels(_ verdict: KeyVerdict) -> [String: ExactDecimal]? {
        guard case .change(let bytes) = verdict.decision, let value = try? StockValue(encoded: bytes) else { return nil }
        return Dictionary(uniqueKeysWithValues: value.levels.map { ($0.source, $0.quantity) })
    }

    private func code(_ verdict: KeyVerdict) -> String? {
        if case .rejected(let reason) = verdict.decision { reason.code } else { nil }
    }

    @Test func `warehouses of one source are added up, others stand alone, ignored ones change nothing`() {
        let (verdict, refused) = decide(
            [
                Row(warehouse: "LDS", onHand: 10, allocated: 3), Row(warehouse: "BHM", onHand: 5), Row(warehouse: "NCL", onHand: 4),
                Row(warehouse: "TRADE", onHand: 99),
            ],
            definition()
        )

        #expect(levels(verdict) == ["main": 12, "north": 4])
        #expect(refused.isEmpty)
        #expect(verdict.isAvailable && !verdict.wasAvailable)
    }

    @Test func `F37 a warehouse that nobody knows rejects its row and spoils the product`() {
        let (verdict, refused) = decide([Row(warehouse: "LDS", onHand: 10), Row(warehouse: "XYZ", onHand: 5)], definition())

        #expect(refused == ["WAREHOUSE-UNKNOWN"])
        #expect(code(verdict) == "KEY-INCOMPLETE")
    }

    @Test func `a row that the reader rejected spoils the product`() {
        let (verdict, _) = decide([Row(warehouse: "LDS", onHand: 10), Row(warehouse: "BHM", onHand: 5, isRejected: true)], definition())

        #expect(code(verdict) == "KEY-INCOMPLETE")
    }

    @Test(arguments: [
        (StockDefinition.DuplicatePolicy.first, ExactDecimal(10), [1]), (.last, 12, [0]), (.sum, 22, []),
    ])
    func `F45 two rows of a warehouse follow the policy`(
        _ policy: StockDefinition.DuplicatePolicy, _ quantity: ExactDecimal, _ superseded: [Int]
    ) {
        let (verdict, _) = decide([Row(warehouse: "LDS", onHand: 10), Row(warehouse: "LDS", onHand: 12)], definition(policy))

        #expect(levels(verdict) == ["main": quantity])
        #expect(verdict.superseded == superseded)
    }

    @Test(arguments: [(Int64(10), Int64(10), "the same figures"), (10, 11, "different figures")])
    func `F45 without a policy neither row is taken, and whether they say the same is told`(_ one: Int64, _ other: Int64, _ words: String) {
        let (verdict, _) = decide([Row(warehouse: "LDS", onHand: one), Row(warehouse: "LDS", onHand: other)], definition())

        #expect(code(verdict) == "SKU-DUPLICATE")
        if case .rejected(let reason) = verdict.decision { #expect(reason.text.hasSuffix(words), "\(reason.text)") }
    }

    @Test func `a delta that names one warehouse keeps the other's last figure`() {
        let mirror = StockValue(
            levels: [StockLevel(source: "main", quantity: 15, isInStock: true)],
            operands: [
                StockOperand(warehouse: "LDS", figure: .onHand(10, allocated: 0)),
                StockOperand(warehouse: "BHM", figure: .onHand(5, allocated: 0)),
            ]
        )

        let (verdict, _) = decide([Row(warehouse: "BHM", onHand: 1)], definition(), mirror: mirror, mode: .delta)

        #expect(levels(verdict) == ["main": 11])
    }

    @Test func `a blank that says nothing changes nothing`() {
        let mirror = StockValue(levels: [StockLevel(source: "main", quantity: 15, isInStock: true)])

        let (verdict, _) = decide([Row(warehouse: "LDS", onHand: nil)], definition(), mirror: mirror)

        if case .unchanged = verdict.decision {} else { Issue.record("it is \(verdict.decision)") }
    }

    @Test(arguments: [(StockDefinition.MissingPolicy.unchanged, false), (.zero, true), (.hold, true)])
    func `a product that a full file leaves out is zeroed at our sources only, and only where that is wanted`(
        _ policy: StockDefinition.MissingPolicy, _ isZeroed: Bool
    ) throws {
        let mirror = StockValue(levels: [
            StockLevel(source: "main", quantity: 15, isInStock: true), StockLevel(source: "showroom", quantity: 2, isInStock: true),
        ])
        var interpreter = definition(missing: policy).makeInterpreter(asOf: UTCInstant(milliseconds: 0))

        let verdict = interpreter.decideMissing(RecordKey("A"), mirror: mirror.encoded[...])

        #expect(verdict.flatMap(levels) == (isZeroed ? ["main": 0, "showroom": 2] : nil))
    }

    @Test(arguments: 0..<5 as Range<UInt64>)
    func `C9 the same rows against what they led to change nothing`(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<100 {
            let names = ["LDS", "BHM", "NCL"].shuffled(using: &random).prefix(Int.random(in: 1...3, using: &random))
            let rows = names.map {
                Row(warehouse: $0, onHand: Int64.random(in: -5...50, using: &random), allocated: Int64.random(in: 0...9, using: &random))
            }
            guard case .change(let bytes) = decide(rows, definition()).verdict.decision else {
                Issue.record("a first sight is a change")
                continue
            }

            let again = decide(rows.shuffled(using: &random), definition(), mirror: try StockValue(encoded: bytes)).verdict

            if case .unchanged = again.decision {} else { Issue.record("it is \(again.decision), seed \(seed)") }
        }
    }
}
