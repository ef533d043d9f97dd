package import Domain

/// `Sat, 21 Nov 2026 01:24:22 GMT` (IMF-fixdate), the only form servers send today.
package enum HTTPDate {
    package static func parse(_ text: String) -> UTCInstant? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let day = Int(parts[1]), let year = Int(parts[3]),
            let month = months.firstIndex(of: String(parts[2])),
            let date = CivilDate(year: year, month: month + 1, day: day)
        else { return nil }
        let clock = parts[4].split(separator: ":").compactMap { Int($0) }
        guard clock.count == 3, (0..<24).contains(clock[0]), (0..<60).contains(clock[1]), (0...60).contains(clock[2]) else {
            return nil
        }
        let seconds = clock[0] * 3600 + clock[1] * 60 + clock[2]
        return UTCInstant(seconds: Int64(date.daysSinceEpoch) * 86_400 + Int64(seconds))
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
}
