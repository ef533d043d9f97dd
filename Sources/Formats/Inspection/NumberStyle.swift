/// How a column writes its numbers.
package enum NumberStyle: String, Hashable, Sendable, CaseIterable {
    /// `1234.50`
    case plain
    /// `1,234.50`
    case grouped = "comma groups"
    /// `1.234,50`
    case continental = "decimal comma"
    /// `1 234.50`, with a blank of any width
    case blankGrouped = "blank groups"
    /// `1 234,50`
    case blankContinental = "blank groups, decimal comma"
    /// `1'234.50`
    case apostropheGrouped = "apostrophe groups"

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
        case .blankGrouped: format.groups = .blanks
        case .blankContinental:
            format.decimalPoint = UInt8(ascii: ",")
            format.groups = .blanks
        case .apostropheGrouped: format.groups = .apostrophes
        }
        return format
    }

    package var example: String {
        switch self {
        case .plain: "1234.50"
        case .grouped: "1,234.50"
        case .continental: "1.234,50"
        case .blankGrouped: "1 234.50"
        case .blankContinental: "1 234,50"
        case .apostropheGrouped: "1'234.50"
        }
    }
}
