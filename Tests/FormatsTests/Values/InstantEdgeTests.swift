import Domain
import Testing

@testable import Formats

/// Ten years of clock changes in London, found by their rule and not by the zone database.
struct InstantEdgeTests {
    private func lastSunday(_ month: Int, _ year: Int) throws -> CivilDate {
        let last = try #require(CivilDate(year: year, month: month, day: 31))
        // 1970-01-01 was a Thursday: day 3 of the epoch was a Sunday.
        return CivilDate(daysSinceEpoch: last.daysSinceEpoch - (last.daysSinceEpoch - 3) % 7)
    }

    private func wall(_ date: CivilDate, minute: Int) -> WallTime {
        WallTime(milliseconds: (Int64(date.daysSinceEpoch) * 86_400 + Int64(minute) * 60) * 1000)
    }

    @Test(arguments: 2020...2035)
    func `F43 each spring has one missing hour and each autumn one repeated hour`(year: Int) throws {
        let zone = try ZoneRules("Europe/London")
        let spring = try lastSunday(3, year)
        let autumn = try lastSunday(10, year)

        for minute in 0..<180 {
            let isMissing = (60..<120).contains(minute)
            let inSpring = zone.instant(of: wall(spring, minute: minute), overlap: .reject)
            let inAutumn = zone.instant(of: wall(autumn, minute: minute), overlap: .reject)
            #expect((inSpring == .failure(.gap)) == isMissing, "\(spring) minute \(minute)")
            #expect((inAutumn == .failure(.overlap)) == isMissing, "\(autumn) minute \(minute)")
        }
        let earlier = try zone.instant(of: wall(autumn, minute: 90), overlap: .earlier).get()
        let later = try zone.instant(of: wall(autumn, minute: 90), overlap: .later).get()
        #expect(later.since(earlier) == .seconds(3600))
    }

    @Test func `a zone without summer time has neither`() throws {
        let zone = try ZoneRules("UTC")

        for hour in 0..<24 * 366 {
            let wall = WallTime(milliseconds: (1_767_225_600 + Int64(hour) * 3600) * 1000)
            #expect(zone.instant(of: wall, overlap: .reject) == .success(UTCInstant(milliseconds: wall.milliseconds)))
        }
    }
}
