import Testing

@testable import MagentoSandbox

struct QuantityTests {
    @Test(arguments: [
        ("5", "5"), ("-5", "-5"), ("51.0", "51"), ("1.23456789", "1.2346"), ("1.00005", "1.0001"), ("0.00004", "0"),
        ("1000000000000.0", "99999999.9999"), ("1e12", "99999999.9999"), ("1e3", "1000"), ("12.5e-1", "1.25"), ("-0.5", "-0.5"),
        ("1e-9", "0"), ("99999999.99999", "99999999.9999"), ("000.1", "0.1"),
    ])
    func `a quantity is what the column makes of it`(_ text: String, _ stored: String) throws {
        #expect(try #require(Quantity(numeric: text)).number == stored)
    }

    @Test(arguments: ["", "many", "1,5", "1.2.3", "--1", "1e", "0x10", " 1"])
    func `what is no number is no quantity`(_ text: String) { #expect(Quantity(numeric: text) == nil) }

    @Test(arguments: [("WID-46-BLK", "wid-46-blk"), ("Ünï-45", "UNI-45"), ("abc", "ABC  ")])
    func `letter case, accents and trailing blanks do not tell texts apart`(_ left: String, _ right: String) {
        #expect(Collation.fold(left) == Collation.fold(right))
    }

    @Test(arguments: [
        ("WID-46-BLK", "%WID-46-BLK%", true), ("xWID-46-BLKx", "%wid-46-blk%", true), ("WID-46", "WID-4_", true),
        ("WID-46", "WID", false), ("", "%", true),
    ])
    func `like knows any run and any one character`(_ text: String, _ pattern: String, _ isMatch: Bool) {
        #expect(Collation.matches(text, like: pattern) == isMatch)
    }

    @Test(arguments: [(1_795_224_262 as Int64, "Sat, 21 Nov 2026 01:24:22 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT")])
    func `an HTTP date is in English and in GMT`(_ seconds: Int64, _ text: String) {
        #expect(ShopClock.httpDate(seconds) == text)
    }
}
