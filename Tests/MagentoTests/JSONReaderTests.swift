import Domain
import TestKit
import Testing

@testable import Magento

struct JSONReaderTests {
    @Test(arguments: [
        "", " ", "{", "[1,]", "{\"a\":1,}", "01", "1.", ".5", "+1", "'a'", "\"\\x\"", "\"\u{1}\"", "nul", "1 2", "\"\\ud800\"",
        "\u{FEFF}[]", "{\"a\" 1}", "{a:1}", "\"open", "\"open\\", "\"line\nbreak\"", "[1 2]", "NaN", "-",
    ])
    func `F65 malformed JSON is refused at its place`(_ text: String) {
        #expect(throws: JSONReader.Problem.self) { try JSONReader.read(Array(text.utf8)) }
    }

    @Test func `F65 a name twice in one object is refused`() {
        #expect(throws: JSONReader.Problem.duplicateName("a")) { try JSONReader.read(Array(#"{"a":1,"a":2}"#.utf8)) }
    }

    @Test(arguments: [UInt8(ascii: "["), UInt8(ascii: "{")])
    func `F65 nesting of a hundred thousand levels ends in an error, not in a crash`(_ byte: UInt8) {
        #expect(throws: JSONReader.Problem.self) { try JSONReader.read(Array(repeating: byte, count: 100_000)) }
    }

    @Test func `invalid UTF-8 is refused`() {
        #expect(throws: JSONReader.Problem.self) { try JSONReader.read([0x22, 0xC3, 0x28, 0x22]) }
    }

    @Test(arguments: [
        ("1.50", ExactDecimal(coefficient: 15, scale: 1)), ("99999999.9999", ExactDecimal(coefficient: 999_999_999_999, scale: 4)),
        ("-5", ExactDecimal(-5)), ("1.0e+15", ExactDecimal(1_000_000_000_000_000)), ("1e-4", ExactDecimal(coefficient: 1, scale: 4)),
        ("0.1", ExactDecimal(coefficient: 1, scale: 1)), ("1e30", nil), ("12345678901234567890", nil),
        ("\"7.25\"", ExactDecimal(coefficient: 725, scale: 2)),
        ("\"many\"", nil), ("true", nil),
    ])
    func `a quantity is read exactly or not at all`(_ text: String, _ expected: ExactDecimal?) throws {
        #expect(try JSONReader.read(Array(text.utf8)).decimal == expected)
    }

    @Test func `texts survive writing and reading, whatever is in them`() throws {
        let texts = ["AB/1000", "a\"b\\c", "Ünï\u{0}\u{1F}", "日本-1", "e\u{301}", "\u{2028}", "", "plain", "plain\n", "plain é", "~\u{7F}"]
        var body = JSONText()
        body.list(texts) { $0.string($1) }

        #expect(try JSONReader.read(body.bytes) == .array(texts.map { .string($0) }))
    }

    @Test(arguments: [
        ("5", 5), ("0", 0), ("120", 120), (" 7", 7), ("Sat, 21 Nov 2026 01:24:32 GMT", 10), ("1000000000000", 1_000_000_000),
    ])
    func `F61 Retry-After is seconds or a date`(_ header: String, _ seconds: Int64) {
        #expect(RetryAfter.duration(header, now: UTCInstant(seconds: 1_795_224_262)) == .seconds(seconds))
    }

    @Test(arguments: ["-5", "soon", "", "Sat, 21 Nov 2026 01:24:00 GMT", "Sat, 31 Feb 2026 01:24:32 GMT", "1.5"])
    func `F61 a Retry-After that makes no sense is none`(_ header: String) {
        #expect(RetryAfter.duration(header, now: UTCInstant(seconds: 1_795_224_262)) == nil)
    }
}

/// What an answer costs in memory and work.
struct JSONCostTests {
    @Test(arguments: ["0,", "[],", "{},", "\"\",", "[0],", "{\"a\":0},"])
    func `F65 an answer of nothing but tiny parts is refused before it takes a large multiple of its bytes`(part: String) {
        let body = Array("[\(String(repeating: part, count: (8 << 20) / part.utf8.count))0]".utf8)

        #expect(throws: JSONReader.Problem.tooManyParts) { try JSONReader.read(body) }
    }

    @Test func `an answer of the shop's usual kind is read whatever its length`() throws {
        let row = #"{"source_code":"main","sku":"AB-1000-LONG-CODE","quantity":12,"status":1},"#
        let body = Array("[\(String(repeating: row, count: (12 << 20) / row.utf8.count))\(row.dropLast())]".utf8)

        let rows = try JSONReader.read(body).elements ?? []

        #expect(rows.count == (12 << 20) / row.utf8.count + 1)
        #expect(rows.last?["sku"]?.text == "AB-1000-LONG-CODE")
    }

    @Test func `names are told apart although the object before had others at their place`() throws {
        let json = try JSONReader.read(Array(#"[{"a":1,"b":2},{"b":3,"a":4},{"ab":5},{"a":6,"c\"":7},{"a":8,"c\"":9}]"#.utf8))

        #expect(json.elements?.map { $0["a"]?.whole } == [1, 4, nil, 6, 8])
        #expect(json.elements?.map { $0["b"]?.whole } == [2, 3, nil, nil, nil])
        #expect(json.elements?[2]["ab"]?.whole == 5)
        #expect(json.elements?[4]["c\""]?.whole == 9)
    }

    @Test(arguments: ["1e-9223372036854775808", "1e9223372036854775807", "9223372036854775807", "-9223372036854775808", "1e+37", "1E-37"])
    func `numbers at the edge of every range are read or are none`(text: String) throws {
        let json = try JSONReader.read(Array(text.utf8))

        _ = (json.decimal, json.whole)
    }

    enum Shape: CaseIterable, Sendable {
        case numbers, names, escapes, nested

        func text(_ size: Int) -> String {
            switch self {
            case .numbers: "[" + String(repeating: "1,", count: size) + "1]"
            case .names: "{" + (0..<size).map { "\"name\($0)\":1," }.joined() + "\"z\":1}"
            case .escapes: "\"" + String(repeating: "\\u00e9\\n", count: size) + "\""
            case .nested: "[" + String(repeating: "[[[]]],", count: size) + "1]"
            }
        }
    }

    @Test(arguments: Shape.allCases)
    func `F65 four times the answer is about four times the work`(shape: Shape) {
        let growth = WorkMeter.growth(from: 20_000) { size in _ = try? JSONReader.read(Array(shape.text(size).utf8)) }

        #expect(growth < WorkMeter.bound, "\(shape): \(growth)")
    }
}
