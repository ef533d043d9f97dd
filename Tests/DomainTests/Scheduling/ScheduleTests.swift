import Domain
import Foundation
import TestKit
import Testing

struct ScheduleTests {
    private static let london = try! ZoneTable("Europe/London")

    private static func instant(_ iso: String) -> UTCInstant {
        UTCInstant(seconds: Int64(ISO8601DateFormatter().date(from: iso)!.timeIntervalSince1970))
    }

    private static func schedule(_ text: String, _ zone: ZoneTable = london) throws -> Schedule {
        Schedule([.init(try Cadence(text))], zone: zone)
    }

    // MARK: Against the slow definition

    private static let nights = [
        ("Europe/London", "2026-03-27T00:00:00Z"), ("Europe/London", "2026-10-23T00:00:00Z"),
        ("America/New_York", "2026-03-06T00:00:00Z"), ("America/New_York", "2026-10-30T00:00:00Z"),
        // At midnight, by half an hour, before midnight into the next day, and a zone without.
        ("America/Sao_Paulo", "2018-11-02T00:00:00Z"), ("America/Sao_Paulo", "2018-02-16T00:00:00Z"),
        ("Australia/Lord_Howe", "2026-10-02T00:00:00Z"), ("Australia/Lord_Howe", "2026-04-03T00:00:00Z"),
        ("America/Nuuk", "2025-03-28T00:00:00Z"), ("America/Nuuk", "2025-10-24T00:00:00Z"),
        ("Atlantic/Azores", "2026-10-23T00:00:00Z"), ("Asia/Kolkata", "2026-03-27T00:00:00Z"),
    ]

    @Test(arguments: nights)
    func `F96 H4 around a change of the clocks every schedule is due as the slow definition says`(zone: String, start: String) throws {
        let table = try ZoneTable(zone)
        let from = Self.instant(start)
        var random = SeededRandom(seed: 96)
        var texts = ["30 0 * * *", "0 1 * * *", "30 1 * * *", "0 2 * * *", "*/15 * * * *", "0 0 * * *", "59 23 * * *", "0 */2 * * *"]
        for _ in 0..<25 {
            let minutes = (0..<Int.random(in: 1...3, using: &random)).map { _ in "\(Int.random(in: 0..<60, using: &random))" }.joined(separator: ",")
            let hours =
                Int.random(in: 0..<3, using: &random) == 0
                ? "*" : (0..<Int.random(in: 1...3, using: &random)).map { _ in "\(Int.random(in: 0..<24, using: &random))" }.joined(separator: ",")
            let days = Int.random(in: 0..<4, using: &random) == 0 ? "\(Int.random(in: 0..<28, using: &random) + 1),29" : "*"
            let weekdays = Int.random(in: 0..<3, using: &random) == 0 ? "\(Int.random(in: 0..<7, using: &random)),0" : "*"
            texts.append("\(minutes) \(hours) \(days) * \(weekdays)")
        }

        let passing = SlowSchedule.Passing(from: Date(timeIntervalSince1970: Double(from.milliseconds / 1000)), days: 5, zone: zone)
        for text in texts {
            let expected = SlowSchedule(text).slots(in: passing)
            let found = try Self.schedule(text, table).slots(after: from, through: from.adding(.seconds(5 * 86_400)))
            #expect(found.map { $0.milliseconds / 1000 } == expected, "\(text) in \(zone)")
            let place = from.adding(.seconds(Int64.random(in: 0...4 * 86_400, using: &random)))
            let next = try Self.schedule(text, table).next(after: place)
            if let following = found.first(where: { $0 > place }) { #expect(next == following, "\(text) in \(zone)") }
        }
    }

    @Test(arguments: ["0 0 * * *", "30 0 * * *", "0 1 * * *", "30 1 * * *", "59 1 * * *", "0 2 * * *", "30 23 * * *"])
    func `F96 H4 a daily job runs once on each local date of ten years`(_ text: String) throws {
        let start = Self.instant("2020-01-01T00:00:00Z")
        let slots = try Self.schedule(text).slots(after: start.adding(.seconds(-1)), through: Self.instant("2029-12-31T23:59:59Z"))
        let dates = slots.map { Self.london.day(of: $0) }

        #expect(dates.count == 3653)
        #expect(Set(dates).count == dates.count)
    }

    @Test func `F96 the times of the two nights in London are the known ones`() throws {
        let spring = (Self.instant("2026-03-28T12:00:00Z"), Self.instant("2026-03-29T12:00:00Z"))
        let autumn = (Self.instant("2026-10-24T12:00:00Z"), Self.instant("2026-10-25T12:00:00Z"))

        let gap = try Self.schedule("30 1 * * *").slots(after: spring.0, through: spring.1)
        let overlap = try Self.schedule("30 1 * * *").slots(after: autumn.0, through: autumn.1)
        let quarters = try Self.schedule("*/15 1 * * *").slots(after: autumn.0, through: autumn.1)
        let passing = try Self.schedule("*/15 * * * *").slots(after: autumn.0, through: autumn.1)

        #expect(gap.map(\.description) == ["2026-03-29T01:00:00Z"])
        #expect(overlap.map(\.description) == ["2026-10-25T00:30:00Z"])
        #expect(quarters.count == 4)
        #expect(passing.count == 96)
    }

    // MARK: Forms

    @Test(arguments: [
        ("15 6 * * mon-fri", "2026-11-20T07:00:00Z", "2026-11-23T06:15:00Z"), ("0 0 29 2 *", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z"),
        ("0 12 1,15 * 5", "2026-11-21T00:00:00Z", "2026-11-27T12:00:00Z"), ("*/20 8-10/2 * jun *", "2026-06-01T00:00:00Z", "2026-06-01T07:00:00Z"),
        ("0 0 * * 7", "2026-11-20T00:00:00Z", "2026-11-22T00:00:00Z"), ("every 15m", "2026-11-21T10:07:30Z", "2026-11-21T10:15:00Z"),
        ("every 2h", "2026-10-25T00:10:00Z", "2026-10-25T02:00:00Z"), ("5/20 3 * * *", "2026-11-21T03:05:00Z", "2026-11-21T03:25:00Z"),
    ])
    func `C118 the next slot of each form is the one a person would name`(text: String, after: String, next: String) throws {
        #expect(try Self.schedule(text).next(after: Self.instant(after)) == Self.instant(next))
    }

    @Test(arguments: [
        "", "* * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8", "a * * * *", "*/0 * * * *",
        "5-1 * * * *", "0 0 31 2 *", "every 15", "every 30s", "1,,2 * * * *", "-1 * * * *", "* * * * * *",
    ])
    func `J5 a schedule that nobody can mean is refused with words`(_ text: String) {
        let fault = #expect(throws: CronExpression.Fault.self) { try Cadence(text) }
        #expect(fault?.text.isEmpty == false)
    }

    // MARK: Tiers

    @Test func `C125 fast in trading hours, slow outside, and a night run together make one schedule`() throws {
        let hours = OpeningHours(
            name: "trading-hours", zone: Self.london, weekdays: [.monday, .tuesday, .wednesday, .thursday, .friday], hours: [540..<1050])
        let schedule = Schedule(
            [.init(try Cadence("every 5m"), .during(hours)), .init(try Cadence("every 1h"), .outside(hours)), .init(try Cadence("30 2 * * *"))],
            zone: Self.london
        )

        let friday = schedule.slots(after: Self.instant("2026-11-20T00:00:00Z"), through: Self.instant("2026-11-21T00:00:00Z"))
        let saturday = schedule.slots(after: Self.instant("2026-11-21T00:00:00Z"), through: Self.instant("2026-11-22T00:00:00Z"))

        // 8.5 hours of 12; 15 full hours outside (09:00 to 17:00 are inside); one at night.
        #expect(friday.count == 102 + 15 + 1)
        #expect(saturday.count == 24 + 1)
    }

    @Test func `a schedule that is never open has no next slot`() throws {
        let never = OpeningHours(name: "never", zone: Self.london, weekdays: [])
        #expect(
            Schedule([.init(try Cadence("every 5m"), .during(never))], zone: Self.london).next(after: Self.instant("2026-11-20T00:00:00Z")) == nil)
    }

    @Test func `F97 a zone that the machine does not know is refused by name`() {
        let failure = #expect(throws: Diagnostic.self) { try ZoneTable("Europe/Lundon") }
        #expect(failure?.code == "ZONE-UNKNOWN")
        #expect(failure?.fix.contains("tzdata") == true)
    }
}
