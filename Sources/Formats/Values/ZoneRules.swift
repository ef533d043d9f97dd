package import Domain
import Foundation

/// Wall time of one zone to UTC, with a declared answer for both ends of summer time.
///
/// Transitions are looked up once for 1970 to 2100; outside these years the nearest offset holds.
package struct ZoneRules: Sendable {
    /// What a time means that the clock shows twice (01:30 on the last Sunday of October).
    package enum Overlap: String, Sendable, CaseIterable {
        case earlier, later
        /// The default: a guess could put an older file over a newer one.
        case reject
    }

    package enum Fault: Error, Hashable, Sendable {
        /// The clock never showed this time (01:30 on the last Sunday of March).
        case gap
        case overlap
    }

    private struct Period {
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
                "ZONE-UNKNOWN", "there is no time zone named \(Escaped(name))", hint: "use a name such as Europe/London"
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

    /// The moment at which this zone's clocks show `wall`.
    package func instant(of wall: WallTime, overlap: Overlap) -> Result<UTCInstant, Fault> {
        var low = 0
        var high = periods.count - 1
        // The last period whose first wall time, by the smaller of the offsets around it, is not behind `wall`.
        while low < high {
            let middle = (low + high + 1) / 2
            let start = periods[middle].start
            let earliest = start + min(periods[middle].offset, periods[middle - 1].offset)
            if earliest <= wall.milliseconds { low = middle } else { high = middle - 1 }
        }
        let later = holds(low, wall)
        let earlier = low > 0 ? holds(low - 1, wall) : nil
        switch (earlier, later) {
        case (let earlier?, let later?):
            switch overlap {
            case .earlier: return .success(earlier)
            case .later: return .success(later)
            case .reject: return .failure(.overlap)
            }
        case (let only?, nil), (nil, let only?): return .success(only)
        case (nil, nil): return .failure(.gap)
        }
    }

    /// The moment, if `wall` read with the offset of period `index` falls into that period.
    private func holds(_ index: Int, _ wall: WallTime) -> UTCInstant? {
        let moment = wall.milliseconds - periods[index].offset
        guard moment >= periods[index].start else { return nil }
        guard index + 1 == periods.count || moment < periods[index + 1].start else { return nil }
        return UTCInstant(milliseconds: moment)
    }
}
