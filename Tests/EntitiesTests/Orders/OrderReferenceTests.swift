import Domain
import Testing

@testable import Entities

/// Short references of orders: which number makes which, and which numbers are refused because theirs would be another's.
struct OrderReferenceTests {
    private static let reference = OrderReference(prefix: "W", length: 9)

    private static func text(_ number: String) -> String? { try? reference.text(for: number) }

    @Test func `an edited order's reference is not that of another order`() {
        #expect(Self.text("000001351") == "W00001351")
        #expect(Self.text("000000135-1") == "W000135R1")
        #expect(Self.text("000000135-1") != Self.text("000001351"))
    }

    /// Zeros, and an R of the shop's own numbers, are told apart by the books: REFERENCE-TAKEN.
    @Test func `numbers that differ in more than leading zeros never share a reference`() {
        var numbers: [String] = []
        for base in ["1", "13", "135", "1351", "A1", "B135"] {
            numbers += [base, base + "-1", base + "-2", base + "-11", base + "1"]
        }
        var holders: [String: String] = [:]
        for number in Set(numbers) {
            guard let text = Self.text(number) else { continue }
            #expect(holders.updateValue(number, forKey: text) == nil, "\(text): \(number)")
        }
        #expect(holders.count > 20)
    }

    @Test func `what a reference cannot tell apart is refused and not left out`() {
        #expect(Self.text("135/1") == nil && Self.text("135 1") == nil && Self.text("13é") == nil)
        #expect(Self.text("R135-1") == nil, "a letter that stands for the hyphen, beside one")
        #expect(Self.text("1234567890") == nil, "too long")
    }
}
