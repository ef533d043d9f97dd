/// An exact decimal number: `coefficient × 10^-scale`.
///
/// Money and quantities are never binary floating point. A value is kept in lowest terms (no trailing zero in the
/// coefficient while the scale is above 0), so two equal numbers are equal bit for bit and hash alike: `12.00 == 12`.
/// Range: 18 significant digits. Every operation that could leave the range answers `nil` instead of rounding.
package struct ExactDecimal: Hashable, Sendable {
    package static let maximumDigits = 18
    package static let zero = ExactDecimal(0)

    package let coefficient: Int64
    package let scale: UInt8

    package init(_ whole: Int64) {
        coefficient = whole
        scale = 0
    }

    /// `nil` where the scale is above 18 or the coefficient has more than 18 digits.
    package init?(coefficient: Int64, scale: Int) {
        guard scale >= 0, scale <= Self.maximumDigits else { return nil }
        guard coefficient.magnitude < Self.powersOfTen[Self.maximumDigits] else { return nil }
        var coefficient = coefficient
        var scale = scale
        while scale > 0, coefficient % 10 == 0 {
            coefficient /= 10
            scale -= 1
        }
        self.coefficient = coefficient
        self.scale = UInt8(scale)
    }

    private init?(wide coefficient: Int128, scale: Int) {
        var coefficient = coefficient
        var scale = scale
        while scale > 0, coefficient % 10 == 0 {
            coefficient /= 10
            scale -= 1
        }
        guard let narrow = Int64(exactly: coefficient) else { return nil }
        self.init(coefficient: narrow, scale: scale)
    }

    package var isZero: Bool { coefficient == 0 }
    package var isNegative: Bool { coefficient < 0 }
    package var isPositive: Bool { coefficient > 0 }
    package var isWhole: Bool { scale == 0 }

    package func adding(_ other: ExactDecimal) -> ExactDecimal? {
        let common = max(scale, other.scale)
        return ExactDecimal(wide: widened(to: common) + other.widened(to: common), scale: Int(common))
    }

    package func subtracting(_ other: ExactDecimal) -> ExactDecimal? {
        let common = max(scale, other.scale)
        return ExactDecimal(wide: widened(to: common) - other.widened(to: common), scale: Int(common))
    }

    /// Exact product; `nil` where it does not fit.
    package func multiplied(by other: ExactDecimal) -> ExactDecimal? {
        let product = Int128(coefficient) * Int128(other.coefficient)
        return ExactDecimal(wide: product, scale: Int(scale) + Int(other.scale))
    }

    /// `percent` per cent of this number, exactly.
    package func percentage(_ percent: ExactDecimal) -> ExactDecimal? {
        multiplied(by: percent)?.multiplied(by: ExactDecimal(coefficient: 1, scale: 2) ?? .zero)
    }

    package enum Rounding: String, Sendable, CaseIterable {
        case down, up, halfUp = "half-up"
    }

    /// This number with at most `digits` decimals. `down` is towards minus infinity and `up` towards plus infinity,
    /// so that rounding stock down never promises what is not there.
    package func rounded(_ rounding: Rounding, digits: Int = 0) -> ExactDecimal {
        guard Int(scale) > digits else { return self }
        let divisor = Int64(Self.powersOfTen[Int(scale) - digits])
        var (quotient, remainder) = coefficient.quotientAndRemainder(dividingBy: divisor)
        if remainder < 0 {
            quotient -= 1
            remainder += divisor
        }
        let isRoundedUp =
            switch rounding {
            case .down: false
            case .up: remainder > 0
            case .halfUp: remainder >= divisor - remainder
            }
        return ExactDecimal(coefficient: quotient + (isRoundedUp ? 1 : 0), scale: digits) ?? self
    }

    private func widened(to common: UInt8) -> Int128 {
        Int128(coefficient) * Int128(Self.powersOfTen[Int(common - scale)])
    }

    /// 10^0 ... 10^18.
    package static let powersOfTen: [UInt64] = (0...maximumDigits).map { exponent in
        (0..<exponent).reduce(UInt64(1)) { power, _ in power * 10 }
    }
}

extension ExactDecimal: Comparable {
    package static func < (left: ExactDecimal, right: ExactDecimal) -> Bool {
        if left.scale == right.scale { return left.coefficient < right.coefficient }
        let common = max(left.scale, right.scale)
        return left.widened(to: common) < right.widened(to: common)
    }
}

extension ExactDecimal: CustomStringConvertible, ExpressibleByIntegerLiteral {
    package init(integerLiteral value: Int64) { self.init(value) }

    /// Plain notation with a point, no grouping, no exponent: what JSON and people both read.
    package var description: String {
        let digits = String(coefficient.magnitude)
        let sign = coefficient < 0 ? "-" : ""
        guard scale > 0 else { return sign + digits }
        let padded = String(repeating: "0", count: max(0, Int(scale) + 1 - digits.count)) + digits
        return sign + padded.dropLast(Int(scale)) + "." + padded.suffix(Int(scale))
    }

    /// The inverse of `description`; the strict form only (`-?digits[.digits]`). Files go through a profile's parser.
    package init?(plain text: some StringProtocol) {
        var text = String(text)
        guard let number = text.withUTF8({ Self(plain: $0) }) else { return nil }
        self = number
    }

    private init?(plain text: UnsafeBufferPointer<UInt8>) {
        var coefficient: Int64 = 0
        var scale = 0
        var digits = 0
        var isNegative = false
        var isFraction = false
        for (position, byte) in text.enumerated() {
            switch byte {
            case UInt8(ascii: "-") where position == 0: isNegative = true
            case UInt8(ascii: ".") where !isFraction && digits > 0: isFraction = true
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                let (tens, overflowed) = coefficient.multipliedReportingOverflow(by: 10)
                guard !overflowed, tens < Int64.max - 9 else { return nil }
                coefficient = tens + Int64(byte - UInt8(ascii: "0"))
                digits += 1
                if isFraction { scale += 1 }
            default: return nil
            }
        }
        guard digits > 0, !(isFraction && scale == 0) else { return nil }
        self.init(coefficient: isNegative ? -coefficient : coefficient, scale: scale)
    }
}
