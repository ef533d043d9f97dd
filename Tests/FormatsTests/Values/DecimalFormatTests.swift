import Domain
import Testing

@testable import Formats

struct DecimalFormatTests {
    private func parse(_ text: String, _ format: DecimalFormat = DecimalFormat()) -> Result<
        ExactDecimal, DecimalFormat.Fault
    > {
        Array(text.utf8).withUnsafeBufferPointer { format.parse($0) }
    }

    private var everything: DecimalFormat {
        var format = DecimalFormat()
        format.groupMark = UInt8(ascii: ",")
        format.allowsTrailingMinus = true
        format.allowsParentheses = true
        format.allowsCurrency = true
        return format
    }

    @Test(arguments: [
        ("0", "0"), ("-0", "0"), ("00000113.31", "113.31"), ("118.00", "118"), (".5", "0.5"), ("+7", "7"), ("-3", "-3"),
        ("0.00005", "0.00005"), ("999999999999999999", "999999999999999999"), ("1.000000000000000000000000", "1"),
        ("0.000000000000000001", "0.000000000000000001"), ("000000000000000000000000000012", "12"),
        ("100.010", "100.01"),
    ])
    func `F42 C7 plain numbers are read exactly`(text: String, value: String) {
        #expect(parse(text) == .success(ExactDecimal(plain: value) ?? 999))
    }

    @Test(arguments: [
        ("", DecimalFormat.Fault.notANumber), ("12abc", .notANumber), ("1.5.2", .notANumber), ("-", .notANumber),
        ("--5", .notANumber), ("1e400", .exponent), ("1E3", .exponent), ("NaN", .notANumber), ("inf", .notANumber),
        ("0x10", .notANumber), ("٣", .notANumber), ("1,234.50", .notANumber), ("5-", .notANumber), ("(5)", .notANumber),
        ("£5", .notANumber), ("5.", .cutOff), (".", .notANumber), ("1 000", .notANumber), (" 5", .notANumber),
        ("1234567890123456789", .tooLong), ("0.0000000000000000001", .tooLong), ("1000000000000000000", .tooLong),
        (String(repeating: "9", count: 40), .tooLong), ("#N/A", .notANumber), ("+-5", .notANumber), ("5+", .notANumber),
    ])
    func `F42 C7 what is not wholly a number is refused`(text: String, fault: DecimalFormat.Fault) {
        #expect(parse(text) == .failure(fault))
    }

    @Test(arguments: [
        ("1,234.50", "1234.5"), ("12,345,678", "12345678"), ("3.45-", "-3.45"), ("(3.45)", "-3.45"),
        ("-11,443.58", "-11443.58"),
        ("£3.45", "3.45"), ("-£3.45", "-3.45"), ("£-3.45", "-3.45"), ("£ 1,000", "1000"), ("3.45 GBP", "3.45"),
        ("(£1,234)", "-1234"),
    ])
    func `F42 declared signs, groups and currencies are understood`(text: String, value: String) {
        #expect(parse(text, everything) == .success(ExactDecimal(plain: value) ?? 999))
    }

    @Test(arguments: [
        ("1,23", DecimalFormat.Fault.badGroups), ("1,2345", .badGroups), ("1234,567", .badGroups), (",123", .badGroups),
        ("1,,234", .badGroups), ("1,234,", .badGroups), ("1.234,5", .notANumber), ("(-5)", .notANumber),
        ("-5-", .notANumber),
        ("()", .notANumber), ("£", .notANumber), ("££5", .notANumber), ("1,23.5", .badGroups),
    ])
    func `F42 half-right signs and groups are refused`(text: String, fault: DecimalFormat.Fault) {
        #expect(parse(text, everything) == .failure(fault))
    }

    @Test func `F42 a continental number needs a continental profile`() {
        var format = DecimalFormat()
        format.decimalPoint = UInt8(ascii: ",")
        format.groupMark = UInt8(ascii: ".")

        #expect(parse("1.234,50", format) == .success(ExactDecimal(plain: "1234.5") ?? 999))
        #expect(parse("1,234.50", format) == .failure(.notANumber))
    }

    /// Python's decimal module is asked about every case in one go. It takes more (exponents but those of zero, NaN, underscores, `5.`),
    /// which a stricter grammar takes out of its accept set.
    @Test(.enabled(if: PythonAnswers.isPresent, "python3 is not installed"))
    func `C7 the accept set and the values equal those of Python's decimal`() throws {
        var generator = SeededGenerator(seed: 7)
        let alphabet = Array("0123456789..-+,eE _x٣".unicodeScalars.map(String.init))
        let cases = (0..<40_000).map { _ in
            let length = Int.random(in: 1...22, using: &generator)
            let digits = Bool.random(using: &generator)
            return (0..<length).map { position in
                let letters = digits && position != length / 2 ? Array(alphabet[0..<10]) : alphabet
                return letters.randomElement(using: &generator) ?? "0"
            }.joined()
        }
        let script = """
            import re, decimal, sys
            decimal.getcontext().prec = 100
            for line in open(sys.argv[1], encoding='utf-8').read().split('\\n'):
                value = 'no'
                if re.fullmatch(r'[+-]?([0-9]+(\\.[0-9]+)?|\\.[0-9]+)', line):
                    number = decimal.Decimal(line)
                    plain = format(number.normalize(), 'f') if number else '0'
                    digits = plain.lstrip('-').split('.')
                    scale = len(digits[1]) if len(digits) > 1 else 0
                    if scale <= 18 and len(''.join(digits).lstrip('0')) <= 18: value = plain
                if re.fullmatch(r'[+-]?(0+\\.?0*|\\.0+)[eE][+-]?[0-9]+', line): value = '0'
                print(value)
            """
        let answer = try PythonAnswers.ask(script, input: Array(cases.joined(separator: "\n").utf8))

        let expected = String(decoding: answer, as: UTF8.self).split(separator: "\n").map(String.init)
        try #require(expected.count == cases.count)
        #expect(expected.count { $0 != "no" } > 5000)
        for (text, value) in zip(cases, expected) {
            let found = (try? parse(text).get())?.description ?? "no"
            #expect(found == value, "\(text)")
        }
    }
}
