/// A moment, in milliseconds since 1970-01-01T00:00:00Z. All stored times are of this type; local time exists only at
/// the edges (a file's column, a person's screen).
///
/// Times come from outside, so arithmetic stays at the edge of the range instead of trapping beyond it.
public struct UTCInstant: Hashable, Sendable, Comparable {
    package let milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }
    package init(seconds: Int64) { milliseconds = seconds.multipliedSaturating(by: 1000) }

    public static func < (left: UTCInstant, right: UTCInstant) -> Bool { left.milliseconds < right.milliseconds }

    package func adding(_ duration: Duration) -> UTCInstant {
        UTCInstant(milliseconds: milliseconds.addingSaturating(duration.wholeMilliseconds))
    }

    package func since(_ earlier: UTCInstant) -> Duration {
        let (difference, isBeyond) = milliseconds.subtractingReportingOverflow(earlier.milliseconds)
        return .milliseconds(isBeyond ? (milliseconds < 0 ? .min : .max) : difference)
    }
}

extension Duration {
    package var wholeMilliseconds: Int64 {
        components.seconds.multipliedSaturating(by: 1000).addingSaturating(components.attoseconds / 1_000_000_000_000_000)
    }

    package var wholeSeconds: Int64 { components.seconds }
}

extension UTCInstant: CustomStringConvertible {
    /// RFC 3339 in UTC with seconds, or milliseconds where there are any.
    public var description: String {
        let days = Int(milliseconds.flooringQuotient(86_400_000))
        let remainder = Int(milliseconds % 86_400_000)
        let rest = remainder < 0 ? remainder + 86_400_000 : remainder
        let date = CivilDate(daysSinceEpoch: days)
        let clock = [rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60].map(Self.twoDigits).joined(separator: ":")
        let fraction = rest % 1000 == 0 ? "" : "." + String(String(1000 + rest % 1000).dropFirst())
        return "\(date)T\(clock)\(fraction)Z"
    }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

extension Int64 {
    /// At the edge of the range where the sum is beyond it.
    package func addingSaturating(_ other: Int64) -> Int64 {
        let (sum, isBeyond) = addingReportingOverflow(other)
        return isBeyond ? (other < 0 ? .min : .max) : sum
    }

    package func multipliedSaturating(by other: Int64) -> Int64 {
        let (product, isBeyond) = multipliedReportingOverflow(by: other)
        return isBeyond ? ((self < 0) == (other < 0) ? .max : .min) : product
    }

    /// Division towards minus infinity.
    package func flooringQuotient(_ divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
