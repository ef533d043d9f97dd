/// Traces on a key or reference of a program that showed it in between: what is left is not the code.
///
/// Codes have to match another system letter by letter, so they are refused where a free text would pass. A column whose schema has a
/// `pattern` is not asked about shapes of numbers and dates: its owner has said what a code looks like.
enum CodeDamage: Hashable, Sendable {
    /// `="00472"`, `'00472`: marks that keep a spreadsheet from changing the code, and that are not a part of it.
    case guarded
    /// `5,01E+12`, `1.5e3`, `4006381333931.0`: a number where digits were.
    case number
    /// `01. Mrz`, `2026-03-01`, `1/3/26`: a date where something like 1-3 was.
    case date
    /// A character that nobody sees, by its number in Unicode and its place, from 1.
    case invisible(UInt32, at: Int)

    @inline(__always)
    init?(_ bytes: UnsafeBufferPointer<UInt8>, hasPattern: Bool) {
        guard let first = bytes.first else { return nil }
        var all: UInt8 = 0
        for byte in bytes { all |= byte }
        if all & 0x80 != 0, let found = Self.invisible(bytes) {
            self = found
        } else if first == UInt8(ascii: "=") || first == UInt8(ascii: "'") {
            self = .guarded
        } else if !hasPattern, Self.mayBeShaped(bytes), let found = Self.shape(bytes) {
            self = found
        } else {
            return nil
        }
    }

    private static func invisible(_ bytes: UnsafeBufferPointer<UInt8>) -> CodeDamage? {
        for (index, scalar) in String(decoding: bytes, as: UTF8.self).unicodeScalars.enumerated() where isInvisible(scalar) {
            return .invisible(scalar.value, at: index + 1)
        }
        return nil
    }

    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.value > 0x7F else { return false }
        if scalar.value == 0xFFFD || scalar.properties.isDefaultIgnorableCodePoint { return true }
        switch scalar.properties.generalCategory {
        case .spaceSeparator, .lineSeparator, .paragraphSeparator, .format, .control: return true
        default: return scalar.value == 0x2800
        }
    }

    // MARK: Shapes

    /// What nearly every code is not, seen without taking it apart.
    @inline(__always)
    private static func mayBeShaped(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        if bytes[0] | 0x20 >= UInt8(ascii: "a"), bytes.count > 4, bytes.count < 10 {
            return bytes[1] >= 0x60 && bytes[bytes.count - 1] &- 0x30 <= 9 && bytes[bytes.count - 2] &- 0x30 <= 9
        }
        var digits = bytes[0] == UInt8(ascii: "-") || bytes[0] == UInt8(ascii: "+") ? 1 : 0
        let start = digits
        while digits < bytes.count, bytes[digits] &- 0x30 <= 9 { digits += 1 }
        guard digits > start, digits < bytes.count else { return false }
        switch bytes[digits] {
        case UInt8(ascii: "."), UInt8(ascii: ","), UInt8(ascii: "e"), UInt8(ascii: "E"): return true
        case UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: " "): return digits - start <= 2 || digits - start == 4
        default: return false
        }
    }

    private static func shape(_ bytes: UnsafeBufferPointer<UInt8>) -> CodeDamage? {
        guard bytes.count <= 40 else { return nil }
        var text = Array(bytes)
        if text[0] == UInt8(ascii: "-") || text[0] == UInt8(ascii: "+") { text.removeFirst() }
        if isExponent(text) || isFloat(text) { return .number }
        return isDate(text) ? .date : nil
    }

    /// Digits, a mark, digits, `E`, a sign, digits. Without a mark a sign has to be there: `5E12` is a code.
    private static func isExponent(_ text: [UInt8]) -> Bool {
        guard let letter = text.lastIndex(where: { $0 | 0x20 == UInt8(ascii: "e") }), letter > 0 else { return false }
        var power = text[(letter + 1)...]
        let hasSign = power.first == UInt8(ascii: "+") || power.first == UInt8(ascii: "-")
        if hasSign { power = power.dropFirst() }
        let marks = text[..<letter].filter { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ",") }
        guard marks.count <= 1, hasSign || marks.count == 1, areDigits(power), power.count <= 3 else { return false }
        return areDigits(text[..<letter].filter { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: ",") }[...])
    }

    /// A long number with nothing but zeros behind its mark.
    private static func isFloat(_ text: [UInt8]) -> Bool {
        guard let mark = text.lastIndex(where: { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ",") }), mark >= 5 else { return false }
        let zeros = text[(mark + 1)...]
        return areDigits(text[..<mark]) && (1...2).contains(zeros.count) && zeros.allSatisfy { $0 == UInt8(ascii: "0") }
    }

    /// Whole dates of three numbers, and a day with a month's short name in the languages of western spreadsheets.
    private static func isDate(_ text: [UInt8]) -> Bool {
        let day = text.prefix { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "T") }
        for mark in [UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-")] {
            let parts = day.split(separator: mark, omittingEmptySubsequences: false)
            guard parts.count == 3, parts.allSatisfy(areDigits) else { continue }
            let numbers = parts.map { Int(String(decoding: $0, as: UTF8.self)) ?? 0 }
            let isYearFirst = parts[0].count == 4 && parts[1].count <= 2 && parts[2].count <= 2
            let isYearLast = parts[0].count <= 2 && parts[1].count <= 2 && (parts[2].count == 4 || parts[2].count == 2 && mark == UInt8(ascii: "/"))
            let (dayNumber, month, year) = isYearFirst ? (numbers[2], numbers[1], numbers[0]) : (numbers[0], numbers[1], numbers[2])
            guard isYearFirst || isYearLast, (1...31).contains(dayNumber), (1...31).contains(month), min(dayNumber, month) <= 12 else { continue }
            if parts[2].count == 2 && isYearLast { return true }
            return (1900...2199).contains(year)
        }
        return isDayAndMonth(text)
    }

    private static let months: Set<String> = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
        "mrz", "mär", "mai", "okt", "dez", "janv", "févr", "mars", "avr", "juin", "juil", "août", "déc",
        "ene", "abr", "ago", "dic", "gen", "mag", "giu", "lug", "set", "ott", "mrt", "mei",
    ]

    /// `01. Mrz`, `01-mars`, `1-Mär`, `01-mag-26`. Capitals throughout are a code: `12-MAR`.
    private static func isDayAndMonth(_ text: [UInt8]) -> Bool {
        let parts = String(decoding: text, as: UTF8.self).split { "-. ".contains($0) }
        if parts.count == 2, parts[1].count == 2, parts[1].allSatisfy(\.isASCIIDigit) {
            return months.contains(parts[0].lowercased()) && parts[0].uppercased() != parts[0]
        }
        guard parts.count == 2 || parts.count == 3, (1...2).contains(parts[0].count), parts[0].allSatisfy(\.isASCIIDigit) else { return false }
        if parts.count == 3, !((2...4).contains(parts[2].count) && parts[2].allSatisfy(\.isASCIIDigit)) { return false }
        let name = parts[1]
        return months.contains(name.lowercased()) && name.uppercased() != name
    }

    private static func areDigits(_ bytes: ArraySlice<UInt8>) -> Bool { !bytes.isEmpty && bytes.allSatisfy { $0 &- 0x30 <= 9 } }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}

extension CodeDamage {
    /// `no-break space (U+00A0)`
    static func name(of value: UInt32) -> String {
        let names: [UInt32: String] = [
            0xA0: "no-break space", 0xAD: "soft hyphen", 0x200B: "zero-width space", 0x200C: "zero-width non-joiner",
            0x200D: "zero-width joiner", 0x200E: "left-to-right mark", 0x200F: "right-to-left mark", 0x202F: "narrow no-break space",
            0x2060: "word joiner", 0x3000: "ideographic space", 0xFEFF: "byte order mark", 0xFFFD: "replacement for a lost character",
            0x2007: "figure space", 0x2009: "thin space",
        ]
        let digits = String(value, radix: 16, uppercase: true)
        let number = "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        return names[value].map { "\($0) (\(number))" } ?? "invisible character (\(number))"
    }
}
