import Foundation

/// The clocks on the wall of one zone: what they show at an instant, and when they show a time.
///
/// Transitions are looked up once for 1970 to 2100; outside these years the nearest offset holds.
package struct ZoneTable: Hashable, Sendable {
    private struct Period: Hashable {
        /// Milliseconds UTC, inclusive.
        var start: Int64
        var offset: Int64
    }

    package let name: String
    private let periods: [Period]

    /// Throws `ZONE-UNKNOWN`.
    package init(_ name: String) throws {
        guard let zone = TimeZone(identifier: name) else {
            throw Diagnostic(
                "ZONE-UNKNOWN", "there is no time zone named \(Escaped(name))",
                fix: "use a name such as Europe/London; where the name is right, install tzdata"
            )
        }
        self.name = name
        var periods = [
            Period(start: .min, offset: Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: 0))) * 1000)
        ]
        var date = Date(timeIntervalSince1970: 0)
        let last = Date(timeIntervalSince1970: 4_102_444_800)
        while let next = zone.nextDaylightSavingTimeTransition(after: date), next < last, next > date {
            let offset = Int64(zone.secondsFromGMT(for: next.addingTimeInterval(1))) * 1000
            periods.append(Period(start: Int64(next.timeIntervalSince1970.rounded()) * 1000, offset: offset))
            date = next
        }
        self.periods = periods
    }

    package static let utc = ZoneTable(name: "UTC", periods: [Period(start: .min, offset: 0)])

    private init(name: String, periods: [Period]) {
        self.name = name
        self.periods = periods
    }

    /// Milliseconds since 1970 as the wall shows them.
    package func wall(at instant: UTCInstant) -> Int64 { instant.milliseconds + periods[index(at: instant)].offset }

    package func day(of instant: UTCInstant) -> CivilDate {
        CivilDate(daysSinceEpoch: Int(wall(at: instant).flooringQuotient(Self.dayLength)))
    }

    /// Minutes since the wall's midnight.
    package func minute(of instant: UTCInstant) -> Int {
        let wall = wall(at: instant)
        return Int((wall - wall.flooringQuotient(Self.dayLength) * Self.dayLength) / 60_000)
    }

    /// The moments at which the wall shows `wall`: none in the hour that spring leaves out, two in the hour that autumn
    /// shows twice, the earlier first.
    package func instants(ofWall wall: Int64) -> [UTCInstant] {
        let last = lastPeriod(notAfterWall: wall)
        return [last - 1, last].filter { $0 >= 0 }.compactMap { holds($0, wall) }
    }

    /// The first moment at which `day` has come to `minute`; where the clocks leave that minute out, the moment they are put on,
    /// or the last minute before if that is the next day already. `nil` for a day that the zone never had.
    package func moment(of day: CivilDate, minute: Int) -> UTCInstant? {
        let wall = Int64(day.daysSinceEpoch) * Self.dayLength + Int64(minute) * 60_000
        if let shown = instants(ofWall: wall).first { return shown }
        let jump = UTCInstant(milliseconds: periods[lastPeriod(notAfterWall: wall)].start)
        let shownDay = CivilDate(daysSinceEpoch: Int(wall.flooringQuotient(Self.dayLength)))
        return [jump, jump.adding(.seconds(-60))].first { self.day(of: $0) == shownDay }
    }

    /// Every moment at which `day`'s wall shows `minute`.
    package func moments(of day: CivilDate, minute: Int) -> [UTCInstant] {
        instants(ofWall: Int64(day.daysSinceEpoch) * Self.dayLength + Int64(minute) * 60_000)
    }

    private static let dayLength: Int64 = 86_400_000

    private func index(at instant: UTCInstant) -> Int {
        var low = 0
        var high = periods.count - 1
        while low < high {
            let middle = (low + high + 1) / 2
            if periods[middle].start <= instant.milliseconds { low = middle } else { high = middle - 1 }
        }
        return low
    }

    /// The last period whose first wall time, by the smaller of the offsets around it, is not behind `wall`.
    private func lastPeriod(notAfterWall wall: Int64) -> Int {
        var low = 0
        var high = periods.count - 1
        while low < high {
            let middle = (low + high + 1) / 2
            let earliest = periods[middle].start + min(periods[middle].offset, periods[middle - 1].offset)
            if earliest <= wall { low = middle } else { high = middle - 1 }
        }
        return low
    }

    /// The moment, if `wall` read with the offset of period `index` falls into that period.
    private func holds(_ index: Int, _ wall: Int64) -> UTCInstant? {
        let moment = wall - periods[index].offset
        guard moment >= periods[index].start else { return nil }
        guard index + 1 == periods.count || moment < periods[index + 1].start else { return nil }
        return UTCInstant(milliseconds: moment)
    }
}
