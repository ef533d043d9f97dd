/// An exact decimal number: `coefficient × 10^-scale`.
///
/// Money and quantities are never binary floating point. A value is kept in lowest terms (no trailing zero in the
/// coefficient while the scale is above 0), so two equal numbers are equal bit for bit and hash alike: `12.00 == 12`.
/// Range: 18 significant digits. Every operation that could leave the range answers `nil` instead of rounding.
public struct ExactDecimal: Hashable, Sendable {
    public static let maximumDigits = 18
    @inlinable public static var zero: ExactDecimal { ExactDecimal(0) }
    /// 10^18: one more than the largest coefficient.
    @inlinable public static var bound: UInt64 { 1_000_000_000_000_000_000 }

    public let coefficient: Int64
    public let scale: UInt8

    @inlinable public init(_ whole: Int64) {
        coefficient = whole
        scale = 0
    }

    /// `nil` where the scale is above 18 or the coefficient has more than 18 digits.
    @inlinable public init?(coefficient: Int64, scale: Int) {
        guard scale >= 0, scale <= Self.maximumDigits else { return nil }
        guard coefficient.magnitude < Self.bound else { return nil }
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

    @inlinable public var isZero: Bool { coefficient == 0 }
    @inlinable public var isNegative: Bool { coefficient < 0 }
    @inlinable public var isPositive: Bool { coefficient > 0 }
    @inlinable public var isWhole: Bool { scale == 0 }

    public func adding(_ other: ExactDecimal) -> ExactDecimal? {
        // Two coefficients below 10^18 fit a word together.
        if scale == other.scale { return ExactDecimal(coefficient: coefficient + other.coefficient, scale: Int(scale)) }
        let common = max(scale, other.scale)
        return ExactDecimal(wide: widened(to: common) + other.widened(to: common), scale: Int(common))
    }

    public func subtracting(_ other: ExactDecimal) -> ExactDecimal? {
        // Two coefficients below 10^18 fit a word together.
        if scale == other.scale { return ExactDecimal(coefficient: coefficient - other.coefficient, scale: Int(scale)) }
        let common = max(scale, other.scale)
        return ExactDecimal(wide: widened(to: common) - other.widened(to: common), scale: Int(common))
    }

    /// Exact product; `nil` where it does not fit.
    public func multiplied(by other: ExactDecimal) -> ExactDecimal? {
        let product = Int128(coefficient) * Int128(other.coefficient)
        return ExactDecimal(wide: product, scale: Int(scale) + Int(other.scale))
    }

    /// `percent` per cent of this number, exactly.
    public func percentage(_ percent: ExactDecimal) -> ExactDecimal? {
        multiplied(by: percent)?.multiplied(by: ExactDecimal(coefficient: 1, scale: 2) ?? .zero)
    }

    public enum Rounding: String, Sendable, CaseIterable {
        case down, up, halfUp = "half-up"
    }

    /// This number with at most `digits` decimals. `down` is towards minus infinity and `up` towards plus infinity,
    /// so that rounding stock down never promises what is not there.
    public func rounded(_ rounding: Rounding, digits: Int = 0) -> ExactDecimal {
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
    public static let powersOfTen: [UInt64] = (0...maximumDigits).map { exponent in
        (0..<exponent).reduce(UInt64(1)) { power, _ in power * 10 }
    }
}

extension ExactDecimal: Comparable {
    public static func < (left: ExactDecimal, right: ExactDecimal) -> Bool {
        if left.scale == right.scale { return left.coefficient < right.coefficient }
        let common = max(left.scale, right.scale)
        return left.widened(to: common) < right.widened(to: common)
    }
}

extension ExactDecimal: CustomStringConvertible, ExpressibleByIntegerLiteral {
    public init(integerLiteral value: Int64) { self.init(value) }

    /// Plain notation with a point, no grouping, no exponent: what JSON and people both read.
    public var description: String {
        String(unsafeUninitializedCapacity: Self.longestText) { write(into: $0) }
    }

    /// Appends `description`.
    public func write(into bytes: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.longestText) { room in
            let count = write(into: room)
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: room[..<count]))
        }
    }

    /// A sign, a zero, a point and 18 decimals are the most.
    private static let longestText = 24

    /// Writes from the last digit to the first, and answers how many bytes there are at the start of `room` then.
    private func write(into room: UnsafeMutableBufferPointer<UInt8>) -> Int {
        var position = room.count
        func put(_ byte: UInt8) {
            position -= 1
            room[position] = byte
        }
        var rest = coefficient.magnitude
        var digits = 0
        repeat {
            if digits > 0, digits == scale { put(UInt8(ascii: ".")) }
            put(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
            digits += 1
        } while rest > 0 || digits <= scale
        if coefficient < 0 { put(UInt8(ascii: "-")) }
        let count = room.count - position
        for index in 0..<count { room[index] = room[position + index] }
        return count
    }

    /// The inverse of `description`; the strict form only (`-?digits[.digits]`). Files go through a profile's parser.
    public init?(plain text: some StringProtocol) {
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
