import Domain
import TestKit
import Testing

struct ExactDecimalTests {
    @Test(arguments: [
        ("0", "0"), ("12.00", "12"), ("-3.450", "-3.45"), ("0.05", "0.05"), ("-0.5", "-0.5"), ("000123", "123"),
        ("999999999999999999", "999999999999999999"),
    ])
    func `plain notation reads and writes the same number`(text: String, canonical: String) throws {
        let number = try #require(ExactDecimal(plain: text))

        #expect(number.description == canonical)
        #expect(ExactDecimal(plain: number.description) == number)
    }

    @Test(arguments: ["", "-", ".", "1.", ".5", "1e3", "1,000", "12abc", "+1", " 1", "0x10", "1.2.3", "1234567890123456789"])
    func `C7 anything else is refused, never cut short`(text: String) {
        #expect(ExactDecimal(plain: text) == nil)
    }

    @Test func `equal numbers are equal whatever their notation`() {
        #expect(ExactDecimal(plain: "12.50") == ExactDecimal(coefficient: 125, scale: 1))
        #expect(ExactDecimal(plain: "12.50")?.hashValue == ExactDecimal(plain: "12.5")?.hashValue)
    }

    @Test(arguments: [
        ("2.5", "2", "3", "3"), ("-2.5", "-3", "-2", "-2"), ("2.4", "2", "3", "2"), ("-2.6", "-3", "-2", "-3"), ("7", "7", "7", "7"),
    ])
    func `down is towards minus infinity, so stock is never promised that is not there`(
        text: String, down: String, up: String, half: String
    ) throws {
        let number = try #require(ExactDecimal(plain: text))

        #expect(number.rounded(.down).description == down)
        #expect(number.rounded(.up).description == up)
        #expect(number.rounded(.halfUp).description == half)
    }

    @Test func `sums, differences and products agree with whole-number arithmetic on a common scale`() throws {
        var random = SeededRandom(seed: 11)
        for _ in 0..<5000 {
            let left = Int64.random(in: -1_000_000...1_000_000, using: &random)
            let right = Int64.random(in: -1_000_000...1_000_000, using: &random)
            let a = try #require(ExactDecimal(coefficient: left, scale: 4))
            let b = try #require(ExactDecimal(coefficient: right, scale: 4))

            #expect(a.adding(b) == ExactDecimal(coefficient: left + right, scale: 4))
            #expect(a.subtracting(b) == ExactDecimal(coefficient: left - right, scale: 4))
            #expect(a.multiplied(by: b) == ExactDecimal(coefficient: left * right, scale: 8))
            #expect((a < b) == (left < right))
        }
    }

    @Test func `what leaves the range is nil, not rounded`() throws {
        let large = try #require(ExactDecimal(plain: "999999999999999999"))

        #expect(large.adding(1) == nil)
        #expect(large.multiplied(by: large) == nil)
        #expect(ExactDecimal(coefficient: 1, scale: 19) == nil)
    }

    @Test func `a percentage is exact`() {
        #expect(ExactDecimal(106).percentage(5) == ExactDecimal(plain: "5.3"))
    }
}
