package import Domain

/// Whole days of the shop's calendar: one, or the seven that end with one.
package struct ReportPeriod: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable { case daily, weekly }

    package var kind: Kind
    /// The last day in it.
    package var last: CivilDate
    package var zone: ZoneTable

    package init(_ kind: Kind, through last: CivilDate, zone: ZoneTable) {
        self.kind = kind
        self.last = last
        self.zone = zone
    }

    /// The latest that is over at `now`.
    package init(_ kind: Kind, before now: UTCInstant, zone: ZoneTable) {
        let yesterday = zone.day(of: now).adding(days: -1)
        switch kind {
        case .daily: self.init(kind, through: yesterday, zone: zone)
        case .weekly:
            // Weeks begin on Monday.
            let daysSinceSunday = yesterday.weekday.rawValue
            self.init(kind, through: yesterday.adding(days: -daysSinceSunday), zone: zone)
        }
    }

    package var first: CivilDate {
        switch kind {
        case .daily: last
        case .weekly: last.adding(days: -6)
        }
    }

    package var days: [CivilDate] { (first.daysSinceEpoch...last.daysSinceEpoch).map { CivilDate(daysSinceEpoch: $0) } }
    package var start: UTCInstant { Self.midnight(first, zone) }
    /// The first moment after it.
    package var end: UTCInstant { Self.midnight(last.adding(days: 1), zone) }

    /// The one just before, to compare with.
    package var before: ReportPeriod { ReportPeriod(kind, through: first.adding(days: -1), zone: zone) }

    /// A day begins at its first moment, whatever the clocks do that night.
    static func midnight(_ day: CivilDate, _ zone: ZoneTable) -> UTCInstant {
        zone.moment(of: day, minute: 0) ?? UTCInstant(milliseconds: Int64(day.daysSinceEpoch) * 86_400_000)
    }
}

extension ReportPeriod: CustomStringConvertible {
    /// `21 Nov 2026`, `15 Nov to 21 Nov 2026`.
    package var description: String {
        func short(_ day: CivilDate) -> String { "\(day.day) \(LocalTime.months[day.month - 1])" }
        return first == last ? "\(short(last)) \(last.year)" : "\(short(first)) to \(short(last)) \(last.year)"
    }
}
