import Domain
import TestKit
import Testing

@testable import Entities

/// The formula against a reference in plain integers: thousandths, divided with the floor taken by hand.
struct AvailableToPromiseTests {
    /// What may be promised, in units of `10^-decimals`, from thousandths.
    private func reference(free: Int, units: Int, percent: Int, minimum: Int?, maximum: Int?, decimals: Int) -> Int {
        // Everything in hundred-thousandths, so that whole per cents of thousandths are whole numbers.
        var kept = max(0, free) * percent + units * 100
        if let minimum, kept < minimum * 100 { kept = minimum * 100 }
        if let maximum, kept > maximum * 100 { kept = maximum * 100 }
        let rest = free * 100 - kept
        guard rest > 0 else { return 0 }
        return rest / [100_000, 10_000, 1000, 100][decimals]
    }

    private func thousandths(_ number: Int) -> ExactDecimal { ExactDecimal(coefficient: Int64(number), scale: 3) ?? .zero }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `C3 the quantity is what a reference of another kind says`(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<500 {
            let parts = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                (Int.random(in: -5000...500_000, using: &random), Int.random(in: 0...100_000, using: &random))
            }
            let units = Int.random(in: 0...5000, using: &random)
            let percent = Int.random(in: 0...100, using: &random)
            let minimum = Bool.random(using: &random) ? Int.random(in: 0...10_000, using: &random) : nil
            let maximum = Bool.random(using: &random) ? Int.random(in: 0...20_000, using: &random) : nil
            let decimals = Int.random(in: 0...3, using: &random)
            let buffer = SafetyBuffer(
                units: thousandths(units), percent: ExactDecimal(Int64(percent)), minimum: minimum.map(thousandths),
                maximum: maximum.map(thousandths)
            )
            let operands = parts.enumerated().map { index, part in
                StockOperand(warehouse: "W\(index)", figure: .onHand(thousandths(part.0), allocated: thousandths(part.1)))
            }

            let promise = try #require(AvailableToPromise(operands, rule: .init(buffer: buffer, decimals: decimals)))

            let free = parts.map { $0.0 - $0.1 }.reduce(0, +)
            let wanted = reference(
                free: free, units: units, percent: percent, minimum: minimum, maximum: maximum, decimals: decimals
            )
            #expect(promise.quantity == ExactDecimal(coefficient: Int64(wanted), scale: decimals), "seed \(seed)")
            #expect(!promise.quantity.isNegative)
            #expect(promise.quantity <= max(promise.free, .zero))
        }
    }

    @Test func `C4 the order of the warehouses makes no difference`() throws {
        var random = SeededRandom(seed: 7)
        let operands = (0..<6).map { index in
            StockOperand(warehouse: "W\(index)", figure: .free(ExactDecimal(Int64.random(in: -50...500, using: &random))))
        }
        let rule = BufferPolicy.Rule(buffer: SafetyBuffer(units: 2, percent: 5))
        let wanted = try #require(AvailableToPromise(operands, rule: rule)).quantity

        for _ in 0..<50 {
            #expect(AvailableToPromise(operands.shuffled(using: &random), rule: rule)?.quantity == wanted)
        }
    }

    @Test(arguments: [
        ([StockFigure.onHand(118, allocated: 12)], "A 118 - 12 = 106, buffer 2 + 5 % = 7.3 → 98"),
        ([.free(106)], "A free 106, buffer 2 + 5 % = 7.3 → 98"),
        ([.onHand(10, allocated: 0), .onHand(5, allocated: 1)], "A 10 = 10, B 5 - 1 = 4, free 14, buffer 2 + 5 % = 2.7 → 11"),
    ])
    func `the formula is shown with its operands`(_ figures: [StockFigure], _ text: String) throws {
        let operands = zip(["A", "B"], figures).map { StockOperand(warehouse: $0, figure: $1) }
        let rule = BufferPolicy.Rule(buffer: SafetyBuffer(units: 2, percent: 5))

        #expect(try #require(AvailableToPromise(operands, rule: rule)).description == text)
    }

    @Test func `a sum beyond the range is no quantity at all`() {
        let huge = ExactDecimal(999_999_999_999_999_999)

        #expect(
            AvailableToPromise([.init(warehouse: "A", figure: .free(huge)), .init(warehouse: "B", figure: .free(huge))], rule: .init(buffer: .none))
                == nil)
    }
}
