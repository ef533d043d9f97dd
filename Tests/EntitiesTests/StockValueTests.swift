import Domain
import TestKit
import Testing

@testable import Entities

struct StockValueTests {
    private func value(_ random: inout SeededRandom) -> (levels: [StockLevel], operands: [StockOperand]) {
        let names = ["main", "north", "süd", "", "x y", "default"].shuffled(using: &random)
        func number() -> ExactDecimal {
            ExactDecimal(coefficient: Int64.random(in: -999_999...999_999_999, using: &random), scale: Int.random(in: 0...4, using: &random)) ?? .zero
        }
        let levels = names.prefix(Int.random(in: 0...4, using: &random)).map {
            StockLevel(source: $0, quantity: number(), isInStock: Bool.random(using: &random))
        }
        let operands = names.prefix(Int.random(in: 0...5, using: &random)).map {
            StockOperand(warehouse: $0, figure: Bool.random(using: &random) ? .free(number()) : .onHand(number(), allocated: number()))
        }
        return (levels, operands)
    }

    @Test(arguments: 0..<10 as Range<UInt64>)
    func `what is encoded is decoded as it was, and equal values are equal bytes in whatever order they came`(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for round in 0..<200 {
            let (levels, operands) = value(&random)
            let spelling = round % 3 == 0 ? RecordKey("Abc-1") : nil
            let first = StockValue(levels: levels, operands: operands, spelling: spelling)
            let second = StockValue(
                levels: levels.shuffled(using: &random), operands: operands.shuffled(using: &random), spelling: spelling
            )

            #expect(try StockValue(encoded: first.encoded) == first, "seed \(seed)")
            #expect(first.encoded == second.encoded, "seed \(seed)")
        }
    }

    @Test func `orders behind a value are kept apart: those it includes, by their sources, and those it does not`() throws {
        let value = StockValue(
            levels: [StockLevel(source: "main", quantity: 12, isInStock: true)],
            reserved: [
                StockReservation(order: "000000101", source: "main", quantity: 2), StockReservation(order: "000000102", source: "", quantity: 1),
            ],
            notIncluded: [
                OrderNotIncluded(order: "000000103", quantity: 4, absence: .unanswered),
                OrderNotIncluded(order: "000000104", quantity: 1, absence: .cancelled),
            ])

        let read = try StockValue(encoded: value.encoded)

        #expect(read == value && read.isAvailable)
        #expect(read.reserved.sum(at: "main") == 2, "what is not included is not sold twice over")
        let bytes = value.encoded
        bytes.withUnsafeBytes { #expect(StockLevelBytes($0) != nil, "the reader of levels passes over them") }
    }

    @Test func `bytes that were cut are refused or another value, and never a crash`() {
        let whole = StockValue(
            levels: [StockLevel(source: "main", quantity: 12, isInStock: true)],
            operands: [StockOperand(warehouse: "LDS", figure: .onHand(14, allocated: 2))]
        )

        for length in 0..<whole.encoded.count {
            #expect((try? StockValue(encoded: whole.encoded.prefix(length))) != whole)
        }
    }

    @Test func `only levels that differ need sending, whatever the operands`() {
        let main = StockLevel(source: "main", quantity: 5, isInStock: true)
        let north = StockLevel(source: "north", quantity: 5, isInStock: true)
        let emptied = StockLevel(source: "north", quantity: 0, isInStock: true)
        let before = StockValue(levels: [main, north])
        let after = StockValue(levels: [main, emptied], operands: [StockOperand(warehouse: "LDS", figure: .free(5))])

        #expect(after.levels(differingFrom: before) == [emptied])
        #expect(after.levels(differingFrom: nil) == [main, emptied])
    }

    @Test(arguments: [(5, true, true), (5, false, false), (0, true, false), (-1, true, false)])
    func `what can be bought`(_ quantity: Int64, _ isInStock: Bool, _ isAvailable: Bool) {
        let level = StockLevel(source: "main", quantity: ExactDecimal(quantity), isInStock: isInStock)

        #expect(StockValue(levels: [level]).isAvailable == isAvailable)
    }
}
