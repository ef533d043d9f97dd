import Domain

/// A fraction of whole numbers, so that a chain of multiplications and divisions is rounded once, at its end.
struct Fraction: Hashable, Sendable {
    private let numerator: Int128
    private let denominator: Int128

    init(_ number: ExactDecimal) {
        self.init(Int128(number.coefficient), Int128(ExactDecimal.powersOfTen[Int(number.scale)]))
    }

    private init(_ numerator: Int128, _ denominator: Int128) {
        var left = numerator.magnitude
        var right = denominator.magnitude
        while right != 0 { (left, right) = (right, left % right) }
        let divisor = Int128(max(left, 1))
        self.numerator = numerator / divisor
        self.denominator = denominator / divisor
    }

    /// `nil` where the numbers leave the range.
    func multiplied(by other: Fraction) -> Fraction? {
        let (top, isTooLarge) = numerator.multipliedReportingOverflow(by: other.numerator)
        let (bottom, isTooSmall) = denominator.multipliedReportingOverflow(by: other.denominator)
        return isTooLarge || isTooSmall ? nil : Fraction(top, bottom)
    }

    /// `nil` for a divisor that is not positive, and where the numbers leave the range.
    func divided(by other: Fraction) -> Fraction? {
        guard other.numerator > 0 else { return nil }
        return multiplied(by: Fraction(other.denominator, other.numerator))
    }

    /// Rounded half up (towards plus infinity) to at most so many decimals. `nil` where the number leaves the range.
    func rounded(digits: Int) -> ExactDecimal? {
        let (scaled, isTooLarge) = numerator.multipliedReportingOverflow(by: Int128(ExactDecimal.powersOfTen[digits]) * 2)
        guard !isTooLarge else { return nil }
        let (sum, overflows) = scaled.addingReportingOverflow(denominator)
        let (doubled, isTooLong) = denominator.multipliedReportingOverflow(by: 2)
        guard !overflows, !isTooLong else { return nil }
        var (quotient, remainder) = sum.quotientAndRemainder(dividingBy: doubled)
        if remainder < 0 {
            quotient -= 1
            remainder += doubled
        }
        return Int64(exactly: quotient).flatMap { ExactDecimal(coefficient: $0, scale: digits) }
    }

    /// Exact comparison; `nil` where the numbers leave the range.
    func isLess(than other: Fraction) -> Bool? {
        let (left, isTooLarge) = numerator.multipliedReportingOverflow(by: other.denominator)
        let (right, isTooSmall) = other.numerator.multipliedReportingOverflow(by: denominator)
        return isTooLarge || isTooSmall ? nil : left < right
    }
}
