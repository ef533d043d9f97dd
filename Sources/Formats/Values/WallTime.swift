/// What a clock on the wall shows: milliseconds since 1970-01-01T00:00 by that clock, wherever it hangs.
package struct WallTime: Hashable, Sendable {
    package let milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// The first moment of the next day.
    var endOfDay: WallTime {
        let length: Int64 = 86_400_000
        let (days, rest) = milliseconds.quotientAndRemainder(dividingBy: length)
        return WallTime(milliseconds: (rest < 0 ? days : days + 1) * length)
    }
}
