/// A day of the week; the number is cron's.
package enum Weekday: Int, Hashable, Sendable, CaseIterable {
    case sunday, monday, tuesday, wednesday, thursday, friday, saturday

    /// `mon`
    package var short: String { String("\(self)".prefix(3)) }

    package init?(short: String) {
        guard let day = Self.allCases.first(where: { $0.short == short.lowercased() }) else { return nil }
        self = day
    }
}

extension CivilDate {
    package var weekday: Weekday {
        // 1 January 1970 was a Thursday.
        let number = Int(Int64(daysSinceEpoch + 4) - Int64(daysSinceEpoch + 4).flooringQuotient(7) * 7)
        return Weekday.allCases[number]
    }

    package func adding(days: Int) -> CivilDate { CivilDate(daysSinceEpoch: daysSinceEpoch + days) }

    /// `2026-11-21`; `nil` for anything else.
    package init?(iso text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.map(\.count) == [4, 2, 2], let year = Int(parts[0]), let month = Int(parts[1]),
            let day = Int(parts[2])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }
}
