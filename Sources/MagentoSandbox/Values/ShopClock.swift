import Foundation
import Glibc

/// The shop's time, which tests set: to the minute of a recording, or fifteen minutes off.
package struct ShopClock: Sendable {
    /// Seconds since 1970 in UTC.
    package var seconds: @Sendable () -> Int64

    /// Lets so many seconds pass; `nil` where nobody can wait on this clock.
    package var wait: (@Sendable (Int64) async -> Void)?

    package init(seconds: @escaping @Sendable () -> Int64, wait: (@Sendable (Int64) async -> Void)? = nil) {
        self.seconds = seconds
        self.wait = wait
    }

    package static let system = ShopClock {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec)
    }

    /// The machine's time, shifted.
    package static func system(aheadBy seconds: Int64) -> ShopClock { ShopClock { ShopClock.system.seconds() + seconds } }

    package static func fixed(_ seconds: Int64) -> ShopClock { ShopClock { seconds } }

    /// An HTTP date: `Sat, 21 Nov 2026 01:24:22 GMT`.
    package static func httpDate(_ seconds: Int64) -> String {
        let parts = civil(seconds)
        let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let days = Int(seconds / 86_400)
        return "\(weekdays[days % 7]), \(two(parts.day)) \(months[parts.month - 1]) \(parts.year) \(parts.clock) GMT"
    }

    /// A database stamp: `2026-11-21 01:22:55`.
    package static func stamp(_ seconds: Int64) -> String {
        let parts = civil(seconds)
        return "\(parts.year)-\(two(parts.month))-\(two(parts.day)) \(parts.clock)"
    }

    /// The same in the shop's zone.
    static func stamp(_ seconds: Int64, timezone: String) -> String {
        let zone = TimeZone(identifier: timezone) ?? .gmt
        return stamp(seconds + Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(seconds)))))
    }

    /// The stamp a day later; what is no stamp stays.
    static func dayAfter(_ stamp: String) -> String {
        let numbers = stamp.split(whereSeparator: { "- :".contains($0) }).compactMap { Int32($0) }
        guard numbers.count == 6 else { return stamp }
        var parts = tm()
        (parts.tm_year, parts.tm_mon, parts.tm_mday) = (numbers[0] - 1900, numbers[1] - 1, numbers[2])
        (parts.tm_hour, parts.tm_min, parts.tm_sec) = (numbers[3], numbers[4], numbers[5])
        return self.stamp(Int64(timegm(&parts)) + 86_400)
    }

    private static func civil(_ seconds: Int64) -> (year: Int, month: Int, day: Int, clock: String) {
        var time = time_t(seconds)
        var parts = tm()
        gmtime_r(&time, &parts)
        let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { two(Int($0)) }.joined(separator: ":")
        return (Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday), clock)
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
