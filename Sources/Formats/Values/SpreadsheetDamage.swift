/// Traces that a spreadsheet leaves in codes it took for numbers, dates or formulas. The original is gone, so such a value
/// is refused, never guessed back.
enum SpreadsheetDamage: Hashable, Sendable {
    /// `5.01235E+12`
    case exponent
    /// `#N/A`, `#REF!`
    case errorValue
    /// `01-Mar`, `Mar-01`
    case date

    static let errorValues = ["#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"]
        .map { Array($0.utf8) }

    @inline(__always)
    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let first = bytes.first else { return nil }
        if first == UInt8(ascii: "#") {
            guard Self.errorValues.contains(where: { bytes.elementsEqual($0) }) else { return nil }
            self = .errorValue
        } else if first &- 0x30 <= 9 {
            guard let found = Self.number(bytes) else { return nil }
            self = found
        } else if bytes.count == 6, bytes[3] == UInt8(ascii: "-"), Self.isMonth(bytes[0...2]),
            Self.isDigits(bytes[4...5])
        {
            self = .date
        } else {
            return nil
        }
    }

    private static func number(_ bytes: UnsafeBufferPointer<UInt8>) -> SpreadsheetDamage? {
        if let dash = bytes.firstIndex(of: UInt8(ascii: "-")), dash <= 2, bytes.count == dash + 4 {
            return isDigits(bytes[..<dash]) && isMonth(bytes[(dash + 1)...]) ? .date : nil
        }
        guard let mark = bytes.lastIndex(of: UInt8(ascii: "E")), mark > 0, mark + 2 < bytes.count else { return nil }
        guard bytes[mark + 1] == UInt8(ascii: "+"), isDigits(bytes[(mark + 2)...]) else { return nil }
        let mantissa = bytes[..<mark].filter { $0 != UInt8(ascii: ".") }
        return mark - mantissa.count <= 1 && isDigits(mantissa[...]) ? .exponent : nil
    }

    private static func isDigits(_ bytes: some Collection<UInt8>) -> Bool {
        !bytes.isEmpty && bytes.allSatisfy { $0 &- 0x30 <= 9 }
    }

    /// With the capital that spreadsheets write: a code such as `12-MAR` stays a code.
    private static func isMonth(_ bytes: some Collection<UInt8>) -> Bool {
        guard bytes.count == 3, let first = bytes.first, (0x41...0x5A).contains(first) else { return false }
        return DatePattern.monthNames.contains([first | 0x20] + bytes.dropFirst())
    }
}
