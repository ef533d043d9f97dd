import Domain
import TestKit
import Testing

@testable import Entities

/// The short way of one row beside one entry says what the long way says.
struct StockSinglesTests {
    private func definition(_ random: inout some RandomNumberGenerator) -> StockDefinition {
        let buffer = SafetyBuffer(
            units: ExactDecimal(Int64.random(in: 0...3, using: &random)), percent: ExactDecimal(Int64.random(in: 0...1, using: &random) * 5))
        let standard = BufferPolicy.Rule(buffer: buffer, decimals: Int.random(in: 0...1, using: &random))
        let own: [RecordKey: BufferPolicy.Rule] = Bool.random(using: &random) ? [:] : [RecordKey("A"): .init(buffer: .none, decimals: 2)]
        return StockDefinition(
            warehouses: .sources(["LDS": "main", "BHM": "main", "NCL": "north"], ignored: ["TRADE"]),
            buffers: BufferPolicy(standard: standard, bySKU: own), missing: Bool.random(using: &random) ? .unchanged : .zero,
            duplicates: .reject)
    }

    private func decimal(_ random: inout some RandomNumberGenerator) -> ExactDecimal {
        ExactDecimal(coefficient: Int64.random(in: -30...400, using: &random), scale: Int.random(in: 0...2, using: &random)) ?? .zero
    }

    private func figure(_ random: inout some RandomNumberGenerator) -> StockFigure {
        Bool.random(using: &random)
            ? .free(decimal(&random)) : .onHand(decimal(&random), allocated: Bool.random(using: &random) ? .zero : decimal(&random))
    }

    private func mirror(_ random: inout some RandomNumberGenerator) -> StockValue {
        let places = [("LDS", "main"), ("BHM", "main"), ("NCL", "north")].filter { _ in Int.random(in: 0...2, using: &random) > 0 }
        let sources = Set(places.map(\.1)).sorted()
        let levels = sources.map {
            StockLevel(
                source: $0, quantity: ExactDecimal(Int64.random(in: 0...400, using: &random)), isInStock: Int.random(in: 0...4, using: &random) > 0)
        }
        return StockValue(
            levels: levels, operands: places.map { StockOperand(warehouse: $0.0, figure: figure(&random)) },
            spelling: Int.random(in: 0...9, using: &random) == 0 ? RecordKey("a") : nil)
    }

    @Test(arguments: 0..<20) func `one row beside one entry is decided alike either way, to the words`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var short = 0
        for _ in 0..<2000 {
            let definition = definition(&random)
            var interpreter = definition.makeInterpreter(asOf: UTCInstant(milliseconds: 0))
            let held = mirror(&random)
            // Half of the time the file says what the mirror remembers.
            let operand = Bool.random(using: &random) ? held.operands.first : nil
            let warehouse = operand?.warehouse ?? ["LDS", "NCL", "TRADE"].randomElement(using: &random) ?? ""
            let rows = keyed(warehouse, operand?.figure ?? figure(&random), &interpreter, definition)
            guard let row = rows.rows.first else { continue }
            let verdict = interpreter.decide(
                KeyGroup(key: rows.bytes[row.key], bytes: rows.bytes, rows: rows.rows[...]), mirror: held.encoded[...], mode: .full)
            let (isAvailable, revision, text) = shortly(rows, row, held, &interpreter)
            if let isAvailable {
                short += 1
                #expect(verdict.changesNothing)
                #expect(verdict.isAvailable == isAvailable && verdict.wasAvailable == isAvailable)
            } else if let revision {
                short += 1
                #expect(verdict.wasAvailable == revision.wasAvailable)
                #expect(verdict.isAvailable == revision.isAvailable)
                #expect(verdict.evidence == String(decoding: text[revision.valueCount...], as: UTF8.self))
                #expect(verdict.value(revision.reach) == Array(text[..<revision.valueCount]))
            }
        }
        #expect(short > 200)
    }

    private func keyed(
        _ warehouse: String, _ figure: StockFigure, _ interpreter: inout any RowInterpreter, _ definition: StockDefinition
    ) -> KeyedRows {
        var batch = RecordBatch(fieldCount: definition.fields.count)
        func text(_ text: String) -> RecordBatch.Cell {
            let start = batch.bytes.count
            batch.bytes.append(contentsOf: text.utf8)
            return .text(start..<batch.bytes.count)
        }
        var cells = [RecordBatch.Cell](repeating: .absent, count: definition.fields.count)
        cells[StockDefinition.Field.sku.rawValue] = text("A")
        cells[StockDefinition.Field.warehouse.rawValue] = text(warehouse)
        switch figure {
        case .free(let free): cells[StockDefinition.Field.free.rawValue] = .decimal(free)
        case .onHand(let onHand, let allocated):
            cells[StockDefinition.Field.onHand.rawValue] = .decimal(onHand)
            cells[StockDefinition.Field.allocated.rawValue] = .decimal(allocated)
        }
        batch.cells = cells
        batch.entries.append(.init(origin: RecordOrigin(number: 1, line: 2, offset: 3, length: 4), firstCell: 0, rowCount: 1))
        var rows = KeyedRows()
        interpreter.interpret(batch, into: &rows)
        return rows
    }

    private func shortly(
        _ rows: KeyedRows, _ row: KeyedRows.Row, _ held: StockValue, _ interpreter: inout any RowInterpreter
    ) -> (isAvailable: Bool?, revision: Revision?, text: [UInt8]) {
        var text: [UInt8] = []
        var revision: Revision?
        let isAvailable = rows.bytes.withUnsafeBytes { bytes in
            held.encoded.withUnsafeBytes { mirror -> Bool? in
                let (payload, key) = (UnsafeRawBufferPointer(rebasing: bytes[row.payload]), UnsafeRawBufferPointer(rebasing: bytes[row.key]))
                if let isAvailable = interpreter.confirm(payload, key: key, mirror: mirror) { return isAvailable }
                revision = interpreter.revise(payload, key: key, mirror: mirror, into: &text)
                return nil
            }
        }
        return (isAvailable, revision, text)
    }
}

extension KeyVerdict {
    fileprivate var changesNothing: Bool { if case .unchanged = decision { true } else { false } }

    fileprivate func value(_ reach: ChangeReach) -> [UInt8]? {
        switch (decision, reach) {
        case (.change(let value), .shop), (.refreshed(let value), .memory): value
        case (.change, _), (.refreshed, _), (.unchanged, _), (.rejected, _): nil
        }
    }
}
