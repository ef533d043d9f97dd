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
