import Endpoints
import Testing

struct GlobPatternTests {
    @Test(arguments: [
        ("*", "", true), ("*", "anything", true), ("", "", true), ("", "a", false),
        ("STOCK_*.csv", "STOCK_20261121.csv", true), ("STOCK_*.csv", "STOCK_.csv", true), ("STOCK_*.csv", "stock_1.csv", false),
        ("STOCK_*.csv", "STOCK_1.csv.done", false), ("*.csv", ".csv", true), ("?.csv", "a.csv", true), ("?.csv", ".csv", false),
        ("??", "é", true), ("[0-9][0-9]", "42", true), ("[0-9]", "x", false), ("[!0-9]", "x", true), ("[^0-9]", "5", false),
        ("[]]", "]", true), ("[a-]", "-", true), ("[", "[", true), ("[abc", "[abc", true), ("\\*", "*", true), ("\\*", "x", false),
        ("a*b*c", "aXbYbZc", true), ("a*b*c", "aXbYbZ", false), ("**a", "bba", true), ("*a*", "xay", true), ("a\\", "a\\", true),
    ])
    func `a pattern matches a name`(_ pattern: String, _ name: String, _ isMatch: Bool) {
        #expect(GlobPattern(pattern).matches(Array(name.utf8)) == isMatch)
    }

    @Test(arguments: [
        ("*", "*", true), ("*.csv", "STOCK_*", true), ("STOCK_*.csv", "*_LDS.csv", true), ("STOCK_*.csv", "PRICE_*.csv", false), ("a?c", "ab*", true),
        ("[0-9]*", "[!0-9]*", false), ("x.csv", "x.csv", true), ("x.csv", "x.CSV", false), ("*.csv", "*.xml", false), ("??", "?", false),
        ("*a*", "*b*", true),
        ("\\*.csv", "\\**", true),
    ])
    func `two patterns share a name, and the name is one that both take`(_ one: String, _ other: String, _ isShared: Bool) throws {
        let (one, other) = (GlobPattern(one), GlobPattern(other))

        let name = one.nameShared(with: other)

        #expect((name != nil) == isShared && (other.nameShared(with: one) != nil) == isShared)
        if let name { #expect(one.matches(Array(name.utf8)) && other.matches(Array(name.utf8)), "\(name)") }
    }

    @Test func `brackets are meant as they stand where asked`() {
        #expect(GlobPattern("[erp]:2222", brackets: .literal).matches(Array("[erp]:2222".utf8)))
        #expect(!GlobPattern("[erp]:2222").matches(Array("[erp]:2222".utf8)))
    }

    @Test func `bytes that are no text are matched all the same`() {
        #expect(GlobPattern("*.csv").matches([0xff, 0xfe, 0x2e, 0x63, 0x73, 0x76]))
    }

    @Test func `S1 no name makes a pattern slow`() {
        // A backtracking matcher needs 2^30 steps here.
        let pattern = GlobPattern(String(repeating: "*a", count: 30) + "b")
        let name = [UInt8](repeating: UInt8(ascii: "a"), count: 4000)
        let clock = ContinuousClock()

        let time = clock.measure { #expect(!pattern.matches(name)) }

        #expect(time < .seconds(2))
    }
}
