package import Domain
package import Foundation

/// A moment as people in the shop's zone say it.
package struct LocalTime: Hashable, Sendable, CustomStringConvertible {
    static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    package var date: CivilDate
    package var hour: Int
    package var minute: Int

    package init(_ instant: UTCInstant, in zone: TimeZone) {
        let moment = Date(timeIntervalSince1970: Double(instant.milliseconds) / 1000)
        let local = instant.milliseconds + Int64(zone.secondsFromGMT(for: moment)) * 1000
        let days = local.flooringQuotient(86_400_000)
        date = CivilDate(daysSinceEpoch: Int(days))
        let minutes = Int(local - days * 86_400_000) / 60_000
        hour = minutes / 60
        minute = minutes % 60
    }

    package var clock: String { "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)" }

    /// `31 Mar 06:05`.
    package var description: String { "\(date.day) \(Self.months[date.month - 1]) \(clock)" }
}

extension LocalTime {
    /// The text with every moment that it tells in UTC told as the shop's clocks show it, with its year. What stands between backticks or behind
    /// an option is to be typed, and what stands in quotes is somebody's own text: both stay as they are.
    package static func spoken(_ text: String, in zone: TimeZone) -> String {
        guard text.contains("Z") else { return text }
        var parts = text.split(separator: "`", omittingEmptySubsequences: false).map(String.init)
        for index in stride(from: 0, to: parts.count, by: 2) {
            let part = parts[index]
            parts[index].replace(moment) { match in
                guard !isVerbatim(part[..<match.range.lowerBound]), let instant = UTCInstant(moment: match.output.1) else {
                    return String(match.output.0)
                }
                let local = LocalTime(instant, in: zone)
                return "\(local.date.day) \(months[local.date.month - 1]) \(local.date.year) \(local.clock)"
            }
        }
        return parts.joined(separator: "`")
    }

    /// Whether what comes after this is to be taken letter by letter.
    private static func isVerbatim(_ before: Substring) -> Bool {
        before.last.map { "'\"".contains($0) } == true || before.split(separator: " ").last?.hasPrefix("--") == true && before.last == " "
    }

    /// As `UTCInstant.description` writes it, seconds and less being no matter for people.
    private static var moment: Regex<(Substring, Substring)> { /\b(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?Z\b/ }
}

extension UTCInstant {
    fileprivate init?(moment text: Substring) {
        let numbers = text.split { !$0.isNumber }.compactMap { Int($0) }
        guard numbers.count == 6, let day = CivilDate(year: numbers[0], month: numbers[1], day: numbers[2]), numbers[3] < 24, numbers[4] < 60,
            numbers[5] < 60
        else { return nil }
        self.init(seconds: Int64(day.daysSinceEpoch) * 86_400 + Int64(numbers[3] * 3600 + numbers[4] * 60 + numbers[5]))
    }
}
