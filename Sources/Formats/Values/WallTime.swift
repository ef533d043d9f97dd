/// What a clock on the wall shows: milliseconds since 1970-01-01T00:00 by that clock, wherever it hangs.
package struct WallTime: Hashable, Sendable {
    package let milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }
}
