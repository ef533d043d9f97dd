import Domain
import Foundation
import TestKit
import Testing

struct OpeningHoursTests {
    private static let london = try! ZoneTable("Europe/London")
    private static let christmas = HolidayList(
        name: "test", days: [CivilDate(year: 2026, month: 12, day: 25)!: "Christmas Day"], knownUntil: nil
    )
    private static let trading = OpeningHours(
        name: "trading-hours", zone: london, weekdays: [.monday, .tuesday, .wednesday, .thursday, .friday], hours: [540..<1050],
        holidays: christmas, closed: [CivilDate(year: 2026, month: 12, day: 24)!], opened: [CivilDate(year: 2026, month: 12, day: 19)!]
    )
    private static let night = OpeningHours(name: "off-peak", zone: london, hours: [1200..<1800])

    private static func instant(_ iso: String) -> UTCInstant {
        UTCInstant(seconds: Int64(ISO8601DateFormatter().date(from: iso)!.timeIntervalSince1970))
    }

    @Test(arguments: [
        ("2026-11-20T08:59:59Z", false), ("2026-11-20T09:00:00Z", true), ("2026-11-20T17:30:00Z", false), ("2026-11-21T12:00:00Z", false),
        ("2026-12-19T12:00:00Z", true), ("2026-12-24T12:00:00Z", false), ("2026-12-25T12:00:00Z", false), ("2026-06-01T08:00:00Z", true),
    ])
    func `C134 trading hours know weekends, holidays, exceptions and summer time`(at: String, open: Bool) {
        #expect(Self.trading.isOpen(at: Self.instant(at)) == open)
    }

    @Test func `off-peak hours go over midnight`() {
        #expect(Self.night.isOpen(at: Self.instant("2026-11-20T23:00:00Z")))
        #expect(Self.night.isOpen(at: Self.instant("2026-11-21T05:59:00Z")))
        #expect(!Self.night.isOpen(at: Self.instant("2026-11-21T06:00:00Z")))
        #expect(Self.night.nextChange(after: Self.instant("2026-11-20T23:00:00Z")) == Self.instant("2026-11-21T06:00:00Z"))
    }

    @Test func `open time leaves out nights, weekends and holidays`() {
        let friday = Self.instant("2026-12-18T17:00:00Z")
        // Half an hour on Friday, the open Saturday, three days, then none until Monday.
        #expect(Self.trading.duration(from: friday, to: Self.instant("2026-12-28T09:15:00Z")) == .seconds(1800 + 4 * 30_600 + 900))
        #expect(Self.trading.moment(after: .seconds(3600), from: friday) == Self.instant("2026-12-19T09:30:00Z"))
        #expect(Self.trading.openDay(before: CivilDate(year: 2026, month: 12, day: 28)!) == CivilDate(year: 2026, month: 12, day: 23))
    }

    @Test func `open time counted in one piece and in many is the same`() {
        var random = SeededRandom(seed: 134)
        let start = Self.instant("2026-03-20T00:00:00Z")
        for hours in [Self.trading, Self.night, .always] {
            for _ in 0..<40 {
                let length = Int64.random(in: 0...20 * 86_400, using: &random)
                let split = Int64.random(in: 0...length, using: &random)
                let middle = start.adding(.seconds(split))
                let end = start.adding(.seconds(length))
                let whole = hours.duration(from: start, to: end)
                #expect(whole == hours.duration(from: start, to: middle) + hours.duration(from: middle, to: end))
                if hours.name == "always" { #expect(whole == .seconds(length)) }
            }
        }
    }

    // MARK: Expectations

    @Test(
        arguments: [
            // Within 20 trading minutes: the night does not count.
            ("within", "2026-11-20T17:25:00Z", "2026-11-23T09:14:00Z", nil),
            ("within", "2026-11-20T17:25:00Z", "2026-11-23T09:16:00Z", "2026-11-23T09:15:00Z"),
            ("within", "2026-11-20T10:00:00Z", "2026-11-20T10:19:59Z", nil),
            ("within", "2026-11-20T10:00:00Z", "2026-11-21T10:00:00Z", "2026-11-20T10:20:00Z"),
            // By 06:30 on each trading day.
            ("by", "2026-11-20T05:00:00Z", "2026-11-20T06:31:00Z", nil),
            ("by", "2026-11-19T06:35:00Z", "2026-11-20T06:31:00Z", "2026-11-20T06:30:00Z"),
            ("by", "2026-11-20T06:35:00Z", "2026-11-20T06:36:00Z", nil), ("by", "2026-11-20T06:00:00Z", "2026-11-22T12:00:00Z", nil),
            ("by", "2026-11-20T06:00:00Z", "2026-11-23T07:00:00Z", "2026-11-23T06:30:00Z"),
            ("by", "2026-11-22T23:00:00Z", "2026-11-23T07:00:00Z", nil),
        ] as [(String, String, String, String?)])
    func `I2 a file is overdue by its deadline in open time and not by the clock alone`(
        kind: String, last: String, now: String, since: String?
    ) {
        let deadline: FileExpectation.Deadline = kind == "within" ? .within(.seconds(1200)) : .by(minute: 390)
        let found = FileExpectation(deadline, during: Self.trading).overdue(since: Self.instant(last), at: Self.instant(now))

        #expect(found == since.map { Self.instant($0) })
    }

    // MARK: Maintenance

    @Test func `C133 windows that touch are one closure, and only for the flows they name`() {
        let sunday = OpeningHours(name: "weekly", zone: Self.london, weekdays: [.sunday], hours: [120..<240])
        let once = Self.instant("2026-11-22T04:00:00Z")..<Self.instant("2026-11-22T05:00:00Z")
        let maintenance = Maintenance([.init(.weekly(sunday)), .init(.once(once), flows: ["stock"])])

        #expect(maintenance.end(for: "stock", at: Self.instant("2026-11-22T03:00:00Z")) == once.upperBound)
        #expect(maintenance.end(for: "prices", at: Self.instant("2026-11-22T03:00:00Z")) == once.lowerBound)
        #expect(maintenance.end(for: "stock", at: Self.instant("2026-11-22T05:00:00Z")) == nil)
        #expect(maintenance.lastEnd(for: "stock", before: Self.instant("2026-11-22T12:00:00Z")) == once.upperBound)
    }

    @Test(arguments: [("08:00-18:00", 480..<1080), ("20:00-06:00", 1200..<1800), ("00:00-24:00", 0..<1440)])
    func `hours are read as they are written`(text: String, span: Range<Int>) { #expect(ClockTime.span(text) == span) }

    @Test(arguments: ["8-18", "08:00", "24:00-06:00", "08:60-09:00", "08:00-25:00", "-", "08:00-18:00-20:00"])
    func `J5 hours that are none are refused`(_ text: String) { #expect(ClockTime.span(text) == nil) }
}
