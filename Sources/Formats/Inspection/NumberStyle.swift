/// How a column writes its numbers.
package enum NumberStyle: String, Hashable, Sendable, CaseIterable {
    /// `1234.50`
    case plain
    /// `1,234.50`
    case grouped = "comma groups"
    /// `1.234,50`
    case continental = "decimal comma"

    /// With every sign that may stand around an amount.
    var format: DecimalFormat {
        var format = DecimalFormat()
        format.allowsTrailingMinus = true
        format.allowsParentheses = true
        format.allowsCurrency = true
        switch self {
        case .plain: break
        case .grouped: format.groupMark = UInt8(ascii: ",")
        case .continental:
            format.decimalPoint = UInt8(ascii: ",")
            format.groupMark = UInt8(ascii: ".")
        }
        return format
    }

    package var example: String {
        switch self {
        case .plain: "1234.50"
        case .grouped: "1,234.50"
        case .continental: "1.234,50"
        }
    }
}
