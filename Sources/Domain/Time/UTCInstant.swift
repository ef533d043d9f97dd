/// A moment, in milliseconds since 1970-01-01T00:00:00Z. All stored times are of this type; local time exists only at
/// the edges (a file's column, a person's screen).
public struct UTCInstant: Hashable, Sendable, Comparable {
    package let milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }
    package init(seconds: Int64) { milliseconds = seconds * 1000 }

    public static func < (left: UTCInstant, right: UTCInstant) -> Bool { left.milliseconds < right.milliseconds }

    package func adding(_ duration: Duration) -> UTCInstant {
        UTCInstant(milliseconds: milliseconds + duration.wholeMilliseconds)
    }

    package func since(_ earlier: UTCInstant) -> Duration { .milliseconds(milliseconds - earlier.milliseconds) }
}

extension Duration {
    package var wholeMilliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }

    package var wholeSeconds: Int64 { components.seconds }
}

extension UTCInstant: CustomStringConvertible {
    /// RFC 3339 in UTC with seconds, or milliseconds where there are any.
    public var description: String {
        let days = Int(milliseconds.flooringQuotient(86_400_000))
        let rest = Int(milliseconds - Int64(days) * 86_400_000)
        let date = CivilDate(daysSinceEpoch: days)
        let clock = [rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60].map(Self.twoDigits).joined(separator: ":")
        let fraction = rest % 1000 == 0 ? "" : "." + String(String(1000 + rest % 1000).dropFirst())
        return "\(date)T\(clock)\(fraction)Z"
    }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

extension Int64 {
    /// Division towards minus infinity.
    package func flooringQuotient(_ divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
