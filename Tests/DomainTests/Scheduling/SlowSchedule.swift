import Domain
import Foundation

/// What the documents say of schedules, done the slow way: every minute of the passing time is looked at on Foundation's calendar.
/// Shares nothing with the code under test but the numbers of the fields.
struct SlowSchedule {
    var minutes: Set<Int>
    var hours: Set<Int>
    var days: Set<Int>?
    var weekdays: Set<Int>?
    var followsPassingTime: Bool

    /// `5,35 1,2 * * *`: lists and stars only.
    init(_ text: String) {
        let fields = text.split(separator: " ").map(String.init)
        func set(_ field: String, _ all: ClosedRange<Int>) -> Set<Int> {
            if field == "*" { return Set(all) }
            if field.hasPrefix("*/") { return Set(stride(from: all.lowerBound, through: all.upperBound, by: Int(field.dropFirst(2))!)) }
            return Set(field.split(separator: ",").map { Int($0)! })
        }
        minutes = set(fields[0], 0...59)
        hours = set(fields[1], 0...23)
        days = fields[2] == "*" ? nil : set(fields[2], 1...31)
        weekdays = fields[4] == "*" ? nil : set(fields[4], 0...6)
        followsPassingTime = fields[1].hasPrefix("*")
    }

    /// Time as it passes, minute by minute, as the wall shows it. A day before and after, so that whole local days are seen.
    struct Passing {
        var start: Date
        var days: Int
        var shown: [(second: Int64, day: DateComponents, minute: Int)] = []
        var byDay: [DateComponents: [(second: Int64, minute: Int)]] = [:]

        init(from start: Date, days: Int, zone: String) {
            self.start = start
            self.days = days
            var calendar = Calendar(identifier: .gregorian)
            calendar.timeZone = TimeZone(identifier: zone)!
            for minute in stride(from: -1440, to: (days + 1) * 1440, by: 1) {
                let date = start.addingTimeInterval(Double(minute) * 60)
                let parts = calendar.dateComponents([.year, .month, .day, .weekday, .hour, .minute], from: date)
                let day = DateComponents(year: parts.year, month: parts.month, day: parts.day, weekday: parts.weekday)
                let second = Int64(date.timeIntervalSince1970)
                shown.append((second, day, parts.hour! * 60 + parts.minute!))
                byDay[day, default: []].append((second, parts.hour! * 60 + parts.minute!))
            }
        }
    }

    func slots(in passing: Passing) -> [Int64] {
        var found: Set<Int64> = []
        if followsPassingTime {
            for moment in passing.shown where fits(moment.day) && hours.contains(moment.minute / 60) && minutes.contains(moment.minute % 60) {
                found.insert(moment.second)
            }
        } else {
            for (day, moments) in passing.byDay where fits(day) {
                for hour in hours {
                    for minute in minutes {
                        // Reached at its time, or when the clocks have been put past it, or at the day's very end.
                        let reached = moments.filter { $0.minute >= hour * 60 + minute }.min { $0.second < $1.second }
                        found.insert((reached ?? moments.max { $0.second < $1.second }!).second)
                    }
                }
            }
        }
        let first = Int64(passing.start.timeIntervalSince1970)
        return found.filter { $0 > first && $0 <= first + Int64(passing.days) * 86_400 }.sorted()
    }

    private func fits(_ day: DateComponents) -> Bool {
        let fitsDay = days?.contains(day.day!) ?? true
        let fitsWeekday = weekdays?.contains(day.weekday! - 1) ?? true
        return days != nil && weekdays != nil ? fitsDay || fitsWeekday : fitsDay && fitsWeekday
    }
}
