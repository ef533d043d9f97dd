/// When something is open: trading hours, off-peak hours, a weekly closure. Days, hours of the wall, holidays and exceptions.
package struct OpeningHours: Hashable, Sendable {
    package var name: String
    package var zone: ZoneTable
    package var weekdays: Set<Weekday>
    /// Minutes of the wall since midnight; an end above 1,440 is on the next day.
    package var hours: [Range<Int>]
    package var holidays: HolidayList
    /// Single days that are closed, or open although weekday or holiday say otherwise.
    package var closed: Set<CivilDate>
    package var opened: Set<CivilDate>

    package init(
        name: String, zone: ZoneTable, weekdays: Set<Weekday> = Set(Weekday.allCases), hours: [Range<Int>] = [0..<1440],
        holidays: HolidayList = .none, closed: Set<CivilDate> = [], opened: Set<CivilDate> = []
    ) {
        self.name = name
        self.zone = zone
        self.weekdays = weekdays
        self.hours = hours
        self.holidays = holidays
        self.closed = closed
        self.opened = opened
    }

    package static let always = OpeningHours(name: "always", zone: .utc)

    package func isOpen(on day: CivilDate) -> Bool {
        if opened.contains(day) { return true }
        return weekdays.contains(day.weekday) && !closed.contains(day) && holidays.days[day] == nil
    }

    /// The open times that begin on `day`, ascending.
    package func periods(of day: CivilDate) -> [Range<UTCInstant>] {
        guard isOpen(on: day) else { return [] }
        return hours.compactMap { span in
            guard let start = moment(day, span.lowerBound), let end = moment(day, span.upperBound), start < end else { return nil }
            return start..<end
        }.sorted { $0.lowerBound < $1.lowerBound }
    }

    private func moment(_ day: CivilDate, _ minute: Int) -> UTCInstant? {
        zone.moment(of: day.adding(days: minute / 1440), minute: minute % 1440)
    }

    package func isOpen(at instant: UTCInstant) -> Bool {
        let day = zone.day(of: instant)
        return [day.adding(days: -1), day].contains { periods(of: $0).contains { $0.contains(instant) } }
    }

    /// The open time between two moments.
    package func duration(from start: UTCInstant, to end: UTCInstant) -> Duration {
        var total = Duration.zero
        walk(from: start) { period in
            guard period.lowerBound < end else { return false }
            let upper = min(period.upperBound, end)
            let lower = max(period.lowerBound, start)
            if lower < upper { total += upper.since(lower) }
            return true
        }
        return total
    }

    /// The moment at which so much open time has passed since `start`; `nil` where it is not open for years.
    package func moment(after length: Duration, from start: UTCInstant) -> UTCInstant? {
        var rest = length
        var found: UTCInstant?
        walk(from: start) { period in
            let lower = max(period.lowerBound, start)
            guard lower < period.upperBound else { return true }
            let here = period.upperBound.since(lower)
            guard here < rest else {
                found = lower.adding(rest)
                return false
            }
            rest -= here
            return true
        }
        return found
    }

    /// The next moment after `instant` at which it opens or closes.
    package func nextChange(after instant: UTCInstant) -> UTCInstant? {
        var found: UTCInstant?
        walk(from: instant) { period in
            found = [period.lowerBound, period.upperBound].first { $0 > instant }
            return found == nil
        }
        return found
    }

    /// The last open day before `day`: what a report calls the previous trading day.
    package func openDay(before day: CivilDate) -> CivilDate? {
        (1...Self.horizon).lazy.map { day.adding(days: -$0) }.first { isOpen(on: $0) }
    }

    private static let horizon = 800

    /// Hands over the open periods around and after `start`, merged where they touch, until `visit` says `false`.
    private func walk(from start: UTCInstant, _ visit: (Range<UTCInstant>) -> Bool) {
        let first = zone.day(of: start).adding(days: -1)
        var pending: Range<UTCInstant>?
        for offset in 0...Self.horizon {
            for period in periods(of: first.adding(days: offset)) {
                if let last = pending, last.upperBound >= period.lowerBound {
                    pending = last.lowerBound..<max(last.upperBound, period.upperBound)
                } else {
                    if let last = pending, !visit(last) { return }
                    pending = period
                }
                // What is open day and night would be merged for ever.
                if let last = pending, last.upperBound.since(start) > .seconds(86_400 * Int64(Self.horizon - 2)) { break }
            }
        }
        if let last = pending { _ = visit(last) }
    }
}

/// Days on which nobody trades, as a file of data says.
package struct HolidayList: Hashable, Sendable {
    package var name: String
    package var days: [CivilDate: String]
    /// The last day that the data speaks of; `nil` for a list that needs none.
    package var knownUntil: CivilDate?

    package init(name: String, days: [CivilDate: String], knownUntil: CivilDate?) {
        self.name = name
        self.days = days
        self.knownUntil = knownUntil
    }

    package static let none = HolidayList(name: "none", days: [:], knownUntil: nil)
}
