/// Numbers as a MySQL `decimal` column with a lenient SQL mode keeps them: a whole number of the column's smallest unit.
enum FixedPoint {
    /// More decimals than the column has are rounded half away from zero, more digits than it holds are cut to the largest
    /// value. `nil` where the text is no number.
    static func units(numeric text: String, decimals: Int, largest: Int64) -> Int64? {
        var isNegative = false
        var digits: [UInt8] = []
        var fraction = 0
        var exponent = 0
        var isFraction = false
        scanning: for (index, byte) in text.utf8.enumerated() {
            switch byte {
            case UInt8(ascii: "-") where index == 0: isNegative = true
            case UInt8(ascii: "+") where index == 0: break
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                digits.append(byte - UInt8(ascii: "0"))
                if isFraction { fraction += 1 }
            case UInt8(ascii: ".") where !isFraction: isFraction = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                guard !digits.isEmpty, let power = Int(String(text.utf8.dropFirst(index + 1)) ?? "") else { return nil }
                exponent = power
                break scanning
            default: return nil
            }
        }
        guard !digits.isEmpty else { return nil }
        var value: Int64 = 0
        let wanted = digits.count - fraction + exponent + decimals
        for index in 0..<max(0, min(wanted, 40)) where value <= largest {
            value = value * 10 + Int64(index < digits.count ? digits[index] : 0)
        }
        if wanted >= 0, wanted < digits.count, digits[wanted] >= 5 { value += 1 }
        return min(value, largest) * (isNegative ? -1 : 1)
    }

    /// As PHP prints the float: `5`, `-0.5`, `99999999.9999`.
    static func text(units: Int64, decimals: Int) -> String {
        let one = (0..<decimals).reduce(UInt64(1)) { power, _ in power * 10 }
        let magnitude = units.magnitude
        let sign = units < 0 ? "-" : ""
        guard magnitude % one != 0 else { return "\(sign)\(magnitude / one)" }
        var fraction = String(String(one + magnitude % one).dropFirst())
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return "\(sign)\(magnitude / one).\(fraction)"
    }
}
