/// Five fields as cron has them: minute, hour, day of the month, month, day of the week.
///
/// Lists, ranges, steps, names of months and days; 7 is Sunday too. Where both kinds of day are named, either will do.
package struct CronExpression: Hashable, Sendable {
    /// How the expression meets a change of the clocks.
    package enum Pace: Hashable, Sendable {
        /// The hour field begins with a star: it follows time as it passes, so the hour shown twice runs twice.
        case passing
        /// Named hours: each once on its day, whatever the clocks do that night.
        case daily
    }

    package let text: String
    package let pace: Pace
    /// Ascending.
    let minutes: [Int]
    let hours: [Int]
    private let days: Set<Int>
    private let months: Set<Int>
    private let weekdays: Set<Int>
    private let eitherDay: Bool

    /// What is wrong, in words for the settings.
    package struct Fault: Error, Hashable, Sendable {
        package var text: String
    }

    package init(_ text: String) throws(Fault) {
        let fields = text.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
        guard fields.count == 5 else {
            throw Fault(text: "has \(fields.count) fields; cron has five: minute hour day month weekday")
        }
        self.text = fields.joined(separator: " ")
        minutes = try Self.numbers(fields[0], 0...59, "minute").sorted()
        hours = try Self.numbers(fields[1], 0...23, "hour").sorted()
        days = try Self.numbers(fields[2], 1...31, "day of the month")
        months = try Self.numbers(fields[3], 1...12, "month", names: Self.monthNames, from: 1)
        let named = try Self.numbers(fields[4], 0...7, "day of the week", names: Weekday.allCases.map(\.short), from: 0)
        weekdays = Set(named.map { $0 % 7 })
        pace = fields[1].hasPrefix("*") ? .passing : .daily
        eitherDay = !fields[2].hasPrefix("*") && !fields[4].hasPrefix("*")
        guard (0..<Self.longestCycle).contains(where: { matches(CivilDate(daysSinceEpoch: $0)) }) else {
            throw Fault(text: "names a day that never comes")
        }
    }

    package func matches(_ day: CivilDate) -> Bool {
        guard months.contains(day.month) else { return false }
        let fitsDay = days.contains(day.day)
        let fitsWeekday = weekdays.contains(day.weekday.rawValue)
        return eitherDay ? fitsDay || fitsWeekday : fitsDay && fitsWeekday
    }

    /// The moments of `day`, ascending, each once.
    func moments(of day: CivilDate, in zone: ZoneTable) -> [UTCInstant] {
        guard matches(day) else { return [] }
        var found: Set<UTCInstant> = []
        for hour in hours {
            for minute in minutes {
                switch pace {
                case .passing: found.formUnion(zone.moments(of: day, minute: hour * 60 + minute))
                case .daily:
                    if let moment = zone.moment(of: day, minute: hour * 60 + minute) { found.insert(moment) }
                }
            }
        }
        return found.sorted()
    }

    /// The first moment after `instant`.
    func next(after instant: UTCInstant, in zone: ZoneTable) -> UTCInstant? {
        let first = zone.day(of: instant).adding(days: -1)
        for offset in 0..<Self.longestCycle {
            // Two days together: after midnight the clocks may go back into the day before.
            let near = moments(of: first.adding(days: offset), in: zone) + moments(of: first.adding(days: offset + 1), in: zone)
            if let next = near.filter({ $0 > instant }).min() { return next }
        }
        return nil
    }

    /// 29 February comes every eighth year at the latest.
    private static let longestCycle = 8 * 366 + 2
    private static let monthNames = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

    private static func numbers(
        _ field: String, _ range: ClosedRange<Int>, _ name: String, names: [String] = [], from first: Int = 0
    ) throws(Fault) -> Set<Int> {
        var found: Set<Int> = []
        for part in field.split(separator: ",", omittingEmptySubsequences: false) {
            let halves = part.split(separator: "/", omittingEmptySubsequences: false)
            let step = halves.count == 2 ? Int(halves[1]) : 1
            guard let step, step > 0, (1...2).contains(halves.count), let base = halves.first else {
                throw Fault(text: "has \(Escaped(part)) for a \(name); a step is written */15")
            }
            let bounds = base.split(separator: "-", omittingEmptySubsequences: false)
                .map { number(String($0), names: names, from: first) }
            let span: ClosedRange<Int>?
            switch (base, bounds.count) {
            case ("*", _): span = range.upperBound == 7 ? 0...6 : range
            case (_, 1): span = bounds[0].map { $0...(halves.count == 2 ? range.upperBound : $0) }
            case (_, 2):
                if let low = bounds[0], let high = bounds[1], low <= high { span = low...high } else { span = nil }
            default: span = nil
            }
            guard let span, range.contains(span.lowerBound), range.contains(span.upperBound) else {
                throw Fault(text: "has \(Escaped(part)) for a \(name); \(range.lowerBound) to \(range.upperBound) is possible")
            }
            found.formUnion(stride(from: span.lowerBound, through: span.upperBound, by: step))
        }
        return found
    }

    private static func number(_ text: String, names: [String], from first: Int) -> Int? {
        if let index = names.firstIndex(of: text.lowercased()) { return index + first }
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(text)
    }
}
