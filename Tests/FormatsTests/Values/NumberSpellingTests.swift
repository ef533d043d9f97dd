import Domain
import Testing

@testable import Formats

/// Numbers as people, spreadsheets and databases print them can be declared, and are read exactly.
struct NumberSpellingTests {
    private func values(_ column: String, numbers: String = "{}", _ texts: [String]) throws -> [String] {
        let profile = try SampleProfile.make(
            profile: #"{"title": "T", "numbers": \#(numbers), "fields": {"sku": {"column": "sku"}, "on_hand": {"column": "qty"}}}"#,
            schema: #"{"fields": [{"name": "sku"}, {"name": "qty", "type": "number"\#(column)}]}"#, dialect: #"{"delimiter": ";"}"#)
        let lines = texts.enumerated().map { "A\($0);\($1)\n" }.joined()
        return try ReadFile(profile, "sku;qty\n" + lines).records.map { $0.reason?.code ?? $0.rows[0][2] }
    }

    @Test(arguments: [" ", "\u{A0}", "\u{202F}", "\u{2009}"])
    func `thousands may be parted by blanks of any width`(mark: String) throws {
        let found = try values(
            #", "groupChar": "\#(mark)", "decimalChar": ",""#,
            ["1\u{A0}490", "1\u{202F}099,00", "2 650,25", "12\u{2009}345\u{2009}678", "420", "-1\u{A0}000", "\u{2212}1\u{A0}000"])

        #expect(found == ["number:1490", "number:1099", "number:2650.25", "number:12345678", "number:420", "number:-1000", "number:-1000"])
    }

    @Test func `thousands may be parted by an apostrophe, straight or curved`() throws {
        #expect(try values(#", "groupChar": "'""#, ["1'490.50", "1\u{2019}490", "12'34"]) == ["number:1490.5", "number:1490", "NUMBER-FORMAT"])
        #expect(try values(#", "groupChar": "\#u{2019}""#, ["1'490.50"]) == ["number:1490.5"])
    }

    @Test(arguments: ["1\u{A0}49", "1\u{A0}4900", "\u{A0}490x", "1\u{A0}\u{A0}490", "1,\u{A0}490"])
    func `groups that are not of three digits are refused`(text: String) throws {
        #expect(try values(#", "groupChar": "\#u{A0}""#, [text]) == ["NUMBER-FORMAT"])
    }

    @Test func `the minus sign of typesetters and zeros with an exponent are numbers everywhere`() throws {
        #expect(try values("", ["\u{2212}3", "0E-8", "0.00E+3", "0e0", "-0E-8"]) == ["number:-3", "number:0", "number:0", "number:0", "number:0"])
        #expect(
            try values("", ["1E-8", "5E+3", "E-8", "0E", "0E-", "\u{2013}3", "1\u{A0}490"])
                == [String](repeating: "NUMBER-FORMAT", count: 7))
    }

    @Test func `shadows of binary numbers are rounded where the profile says that they come from such`() throws {
        let texts = [
            "2.9999999999999996", "0.30000000000000004", "3.0000000000000004", "1118.25", "0.1", "100.00000000000001", "-0.30000000000000004",
        ]
        let found = try values("", numbers: #"{"floating_point": true}"#, texts)

        #expect(found == ["number:3", "number:0.3", "number:3", "number:1118.25", "number:0.1", "number:100", "number:-0.3"])
        #expect(try values("", ["2.9999999999999996"]) == ["number:2.9999999999999996"])
    }
}
