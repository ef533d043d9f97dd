/// What a column `decimal(12,4)` holds: ten-thousandths, rounded and clamped as MySQL does with a lenient SQL mode.
package struct Quantity: Hashable, Sendable, Comparable {
    package static let zero = Quantity(tenThousandths: 0)
    package static let largest = Quantity(tenThousandths: 999_999_999_999)

    package let tenThousandths: Int64

    package init(tenThousandths: Int64) { self.tenThousandths = tenThousandths }
    package init(_ whole: Int64) { tenThousandths = whole * 10_000 }

    /// `12`, `-0.5`, `1.23456789`, `1e12`. More than four decimals are rounded half away from zero, more than twelve
    /// digits are cut to the largest value. `nil` where the text is no number.
    package init?(numeric text: String) {
        var isNegative = false
        var digits: [UInt8] = []
        var decimals = 0
        var exponent = 0
        var isFraction = false
        scanning: for (index, byte) in text.utf8.enumerated() {
            switch byte {
            case UInt8(ascii: "-") where index == 0: isNegative = true
            case UInt8(ascii: "+") where index == 0: break
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                digits.append(byte - UInt8(ascii: "0"))
                if isFraction { decimals += 1 }
            case UInt8(ascii: ".") where !isFraction: isFraction = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                guard !digits.isEmpty, let power = Int(String(text.utf8.dropFirst(index + 1)) ?? "") else { return nil }
                exponent = power
                break scanning
            default: return nil
            }
        }
        guard !digits.isEmpty else { return nil }
        let limit = Self.largest.tenThousandths
        var value: Int64 = 0
        let wanted = digits.count - decimals + exponent + 4
        for index in 0..<max(0, min(wanted, 40)) where value <= limit {
            value = value * 10 + Int64(index < digits.count ? digits[index] : 0)
        }
        if wanted >= 0, wanted < digits.count, digits[wanted] >= 5 { value += 1 }
        tenThousandths = min(value, limit) * (isNegative ? -1 : 1)
    }

    package static func < (left: Quantity, right: Quantity) -> Bool { left.tenThousandths < right.tenThousandths }
    package static func + (left: Quantity, right: Quantity) -> Quantity {
        Quantity(tenThousandths: left.tenThousandths + right.tenThousandths)
    }

    /// As PHP prints the float: `5`, `-0.5`, `99999999.9999`.
    package var number: String {
        let magnitude = tenThousandths.magnitude
        let sign = tenThousandths < 0 ? "-" : ""
        guard magnitude % 10_000 != 0 else { return "\(sign)\(magnitude / 10_000)" }
        var fraction = String(String(10_000 + magnitude % 10_000).dropFirst())
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return "\(sign)\(magnitude / 10_000).\(fraction)"
    }
}
