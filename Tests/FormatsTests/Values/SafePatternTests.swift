import Testing

@testable import Formats

struct SafePatternTests {
    @Test(arguments: [
        ("[A-Z0-9/-]{1,30}", "AB/1000-X", true), ("[A-Z0-9/-]{1,30}", "AB 1000", false),
        ("[A-Z0-9/-]{1,30}", "", false),
        ("\\d{3}-?\\d+", "123-4", true), ("\\d{3}-?\\d+", "1234", true), ("\\d{3}-?\\d+", "123", false),
        ("a|bc|", "bc", true),
        ("a|bc|", "", true), ("a|bc", "abc", false), ("^SKU.*$", "SKU-1", true), ("^SKU.*$", "XSKU", false),
        ("[^ ]+", "a b", false),
        ("[^ ]+", "ab", true), ("a{2,}", "a", false), ("a{2,}", "aaaa", true), ("a{0,2}", "aaa", false),
        ("x\\.y", "x.y", true),
        ("x\\.y", "xay", false), ("[]a]", "]", true), ("\\w+\\s\\w+", "ab cd", true), ("é", "é", true),
        ("a*a*b", "aaab", true),
    ])
    func `the subset matches the whole value`(pattern: String, value: String, isMatch: Bool) throws {
        #expect(try SafePattern(pattern).matches(value) == isMatch)
    }

    @Test(arguments: ["(a+)+", "a**b)", "[a", "a{", "a{3,1}", "*a", "\\", "\\b", "a{999999}", "x^y", "[z-a]"])
    func `anything outside the subset is refused when the profile is loaded`(pattern: String) {
        #expect(throws: SafePattern.Fault.self) { try SafePattern(pattern) }
    }

    @Test func `S26 a pattern made to be slow is not`() throws {
        let pattern = try SafePattern("a*a*a*a*a*a*a*a*a*a*b")
        let value = String(repeating: "a", count: 20_000)
        let clock = ContinuousClock()

        let time = clock.measure { #expect(!pattern.matches(value)) }

        #expect(time < .seconds(5))
    }
}
