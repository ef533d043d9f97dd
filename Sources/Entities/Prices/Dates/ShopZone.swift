package import Domain
import Foundation

/// The shop's clock on the wall: which day an instant falls on there, and when that day begins.
package struct ShopZone: Hashable, Sendable {
    private let zone: TimeZone

    /// `nil` where there is no zone of that name.
    package init?(_ name: String) {
        guard let zone = TimeZone(identifier: name) else { return nil }
        self.zone = zone
    }

    /// Milliseconds that the wall shows ahead of UTC.
    private func offset(at instant: UTCInstant) -> Int64 {
        let seconds = TimeInterval(instant.milliseconds.flooringQuotient(1000))
        return Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: seconds))) * 1000
    }

    package func day(of instant: UTCInstant) -> CivilDate {
        CivilDate(daysSinceEpoch: Int((instant.milliseconds + offset(at: instant)).flooringQuotient(86_400_000)))
    }

    /// The first instant of a day. Where the clocks are put forward over midnight it is the first one after.
    package func start(of day: CivilDate) -> UTCInstant {
        let wall = Int64(day.daysSinceEpoch) * 86_400_000
        // The offset before midnight, then the one that the result itself has; they differ on a night of change only.
        let guess = UTCInstant(milliseconds: wall - offset(at: UTCInstant(milliseconds: wall - 86_400_000)))
        let candidate = UTCInstant(milliseconds: wall - offset(at: guess))
        return self.day(of: candidate) == day ? min(candidate, self.day(of: guess) == day ? guess : candidate) : guess
    }

    package func next(_ day: CivilDate) -> CivilDate { CivilDate(daysSinceEpoch: day.daysSinceEpoch + 1) }

    /// Whether a day begins at `instant`.
    package func isMidnight(_ instant: UTCInstant) -> Bool { start(of: day(of: instant)) == instant }

    /// The end of the day that `instant` begins, or `instant` itself where none begins there: a date alone as an end means
    /// that whole day.
    package func endOfDay(_ instant: UTCInstant) -> UTCInstant {
        isMidnight(instant) ? start(of: next(day(of: instant))) : instant
    }

    /// `2026-11-01 00:00:00` as the wall shows it.
    package func stamp(_ instant: UTCInstant) -> String {
        let wall = instant.milliseconds + offset(at: instant)
        let rest = Int(wall - wall.flooringQuotient(86_400_000) * 86_400_000)
        let clock = [rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
        return "\(day(of: instant)) \(clock.joined(separator: ":"))"
    }

    /// The instant of a stamp; of two the earlier, and of none the one that an hour before would have. `nil` for other texts.
    package func instant(of stamp: String) -> UTCInstant? {
        let parts = stamp.split(whereSeparator: { "- :".contains($0) }).compactMap { Int($0) }
        guard parts.count == 6, let day = CivilDate(year: parts[0], month: parts[1], day: parts[2]) else { return nil }
        let wall =
            Int64(day.daysSinceEpoch) * 86_400_000
            + Int64(parts[3]) * 3_600_000 + Int64(parts[4]) * 60_000 + Int64(parts[5]) * 1000
        return UTCInstant(milliseconds: wall - offset(at: UTCInstant(milliseconds: wall - offset(at: start(of: day)))))
    }

    /// For people: the day, with its time where it is not midnight.
    func text(_ instant: UTCInstant) -> String {
        let stamp = stamp(instant)
        return isMidnight(instant) ? String(stamp.prefix(10)) : String(stamp.prefix(16))
    }
}
