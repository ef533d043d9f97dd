import Domain
import Foundation
import StateStore
import TestKit
import Testing

@testable import Reports

/// The reports of days and weeks, from a ledger with runs of known days.
struct PeriodReportTests {
    /// 31 March 2026, 06:05 in London.
    private static let day = CivilDate(iso: "2026-03-31")!  // A literal of this file.
    private static let zone = try! ZoneTable("Europe/London")  // The zone is on every machine that runs the tests.
    private static let scope = PeriodReport.Scope(
        flows: ["stock"], outbound: [], events: ["despatches"], figures: "stock", despatches: "despatches")

    private static func report(_ world: OutcomeWorld, _ kind: ReportPeriod.Kind = .daily, _ last: CivilDate = day) throws -> PeriodReport {
        try world.ledger.read { try PeriodReport(ReportPeriod(kind, through: last, zone: zone), scope, $0) }
    }

    private static func desk(_ world: OutcomeWorld) -> PeriodDesk {
        PeriodDesk(
            ledger: world.ledger, shop: "Acme", from: MailAddress("tallyman@acme.example")!,  // An address of the test's own.
            recipients: [MailAddress("ops@acme.example")].compactMap { $0 }, scope: scope, timeline: world.clock.timeline)
    }

    @Test func `C332 a day's books are the sum of its runs, and they balance`() throws {
        let world = try OutcomeWorld()
        try world.run(.finished, applied: 40, unchanged: 60)
        try world.run(.finished, applied: 3, unchanged: 95, rejected: [OutcomeWorld.unknown, OutcomeWorld.number])
        try world.run(.failed, verdict: "cut")

        let report = try Self.report(world)

        let line = try #require(report.books.lines.first)
        #expect(line.tally == Tally(read: 200, counts: [.applied: 43, .unchanged: 155, .rejected: 2]))
        #expect(line.tally.isBalanced)
        let flow = try #require(report.books.flows.first)
        let counts: [Int] = [flow.runs, flow.failedRuns, flow.filesIn, flow.errorsOpened, flow.errorsOpen]
        #expect(counts == [3, 1, 3, 2, 2])
        #expect(report.before.lines.isEmpty && report.severity == .warn)
    }

    @Test func `a run belongs to the day on which it ended by the shop's clock, and a week has its seven days`() throws {
        let world = try OutcomeWorld()
        // 30 March 23:50 in London is 22:50 UTC: summer time has begun.
        world.clock.advance(by: .seconds(-7 * 3600 - 30 * 60))
        try world.run(.finished, applied: 1)
        world.clock.advance(by: .seconds(3600))
        try world.run(.finished, applied: 2)

        let (monday, tuesday) = (try Self.report(world, .daily, Self.day.adding(days: -1)), try Self.report(world))
        let week = try Self.report(world, .weekly, Self.day.adding(days: 5))

        #expect(monday.books.lines.first?.tally[.applied] == 1)
        #expect(tuesday.books.lines.first?.tally[.applied] == 2 && tuesday.before.lines.first?.tally[.applied] == 1)
        #expect(week.books.lines.first?.tally[.applied] == 3)
        #expect(ReportPeriod(.weekly, before: world.clock.timeline.now(), zone: Self.zone).last == CivilDate(iso: "2026-03-29"))
    }

    @Test func `C356 C357 the figures say what was agreed and whether it was kept`() throws {
        let world = try OutcomeWorld()
        try world.run(.finished, applied: 40, unchanged: 60)
        try world.run(.finished, applied: 3, unchanged: 95, rejected: [OutcomeWorld.unknown, OutcomeWorld.number])

        let found = try Dictionary(uniqueKeysWithValues: Self.report(world).indicators.map { ($0.code, $0) })

        // Files land five minutes before their run.
        #expect(found["stock-latency"]?.figure == 300_000 && found["stock-latency"]?.verdict == .met)
        #expect(found["row-latency"]?.figure == 300_000 && found["row-latency"]?.basis == "43 rows")
        #expect(found["error-rate"]?.value == "1.00 %" && found["error-rate"]?.verdict == .missed)
        #expect(found["order-latency"]?.verdict == .silent && found["order-latency"]?.value == "none")
        #expect(found["duplicates"]?.verdict == .watched && found["oversold"]?.verdict == .met)
    }

    @Test func `C169 what was sold beyond what there is counts as at the worst look of the period, and without a look is no figure`() throws {
        let world = try OutcomeWorld()
        let none = try Self.report(world).indicators.first { $0.code == "oversold-open" }
        let now = world.clock.timeline.now()
        try world.ledger.write { writer in
            for (hours, count) in [(-30, 9), (-3, 0), (-2, 4), (-1, 1)] as [(Int64, Int64)] {
                try writer.sample(count, of: .oversold, "stock", at: now.adding(.seconds(hours * 3600)))
            }
        }

        let found = try #require(try Self.report(world).indicators.first { $0.code == "oversold-open" })

        #expect(none == nil)
        #expect(found.figure == 4 && found.verdict == .missed && found.basis == "3 looks at open orders and sources")
    }

    @Test func `the 95th of a hundred is the nearest rank`() {
        #expect(Latencies.percentile(95, of: (1...100).map { $0 * 1000 }) == .seconds(95))
        #expect(Latencies.percentile(95, of: [7000]) == .seconds(7))
        #expect(Latencies.percentile(95, of: (1...19).map { $0 * 1000 }) == .seconds(19))
        #expect(Latencies.percentile(95, of: []) == nil)
    }

    @Test func `I1 a day is told once, at its time and not before, whoever asks and however often`() throws {
        let world = try OutcomeWorld()
        try world.run(.finished, applied: 1)
        let desk = Self.desk(world)
        var times = try ReportTimes(nil, owner: [])
        times.daily = 7 * 60

        // It is 06:20 on 31 March; the 30th is due at 07:00.
        let early = try desk.tellDue(times, zone: Self.zone)
        world.clock.advance(by: .seconds(3600))
        let due = try desk.tellDue(times, zone: Self.zone)
        let again = try desk.tellDue(times, zone: Self.zone)
        let byHand = try desk.tell(ReportPeriod(.daily, through: Self.day.adding(days: -1), zone: Self.zone))
        world.clock.advance(by: .seconds(86_400))
        let next = try desk.tellDue(times, zone: Self.zone)

        #expect([early, due, again, next] == [0, 0, 0, 1] && byHand == .now, "the 30th was before the installation, and is told only by hand")
        let subjects = try world.mails.map(\.subject)
        #expect(subjects == ["[OK] Day of 30 Mar 2026 – Acme – 0 records", "[OK] Day of 31 Mar 2026 – Acme – 1 records"])
    }

    @Test(arguments: [0, 1, 5])
    func `the first service reports no day and no week from before the installation, whenever it looks`(_ days: Int64) throws {
        let world = try OutcomeWorld()
        let desk = Self.desk(world)
        var times = try ReportTimes(nil, owner: [])
        (times.daily, times.weekly) = (7 * 60, 7 * 60)

        let early = try desk.tellDue(times, zone: Self.zone)
        world.clock.advance(by: .seconds(3600))
        let due = try desk.tellDue(times, zone: Self.zone)
        for _ in 0..<days {
            world.clock.advance(by: .seconds(86_400))
            _ = try desk.tellDue(times, zone: Self.zone)
        }

        // The installation is of 31 March, a Tuesday, at 06:20: the first day that may be told is that one.
        #expect(early == 0 && due == 0)
        let subjects = try world.mails.map(\.subject)
        #expect(subjects.allSatisfy { $0.contains("Day of 31 Mar") || $0.contains("Apr 2026") }, "\(subjects)")
        #expect(subjects.count(where: { $0.contains("Day of") }) == days, "\(subjects)")
    }

    @Test func `a report reads well as text and as a page, and says nothing of products and people`() throws {
        let world = try OutcomeWorld()
        try world.run(.finished, applied: 40, unchanged: 60, rejected: [OutcomeWorld.unknown])

        let sheet = PeriodSheet(try Self.report(world), shop: "Acme").sheet
        let (text, page) = (MailText.text(sheet), try MailPage().html(sheet))

        #expect(text.contains("stock: 101 rows = 40 applied + 60 unchanged + 1 rejected"))
        #expect(text.contains("1 files in, 1 runs") && text.contains("1 came, 0 were settled, 1 are open"))
        #expect(page.contains("101 rows = 40 applied") && page.contains("#8a5a00"))
        #expect(!text.contains("00472") && !page.contains("00472"))
    }

    @Test func `C358 a watch tells each of its stretches once, and the last one ends with it`() throws {
        let world = try OutcomeWorld()
        let desk = Self.desk(world)
        let start = world.clock.timeline.now()
        try world.run(.finished, applied: 1)
        let first = try desk.tellFigures(watch: "w", number: 1, from: start, to: start.adding(.seconds(14_400)), hours: "hour 0 to 4")
        let again = try desk.tellFigures(watch: "w", number: 1, from: start, to: start.adding(.seconds(14_400)), hours: "hour 0 to 4")

        #expect([first, again] == [.now, .before])
        let mail = try #require(try world.mails.first)
        #expect(mail.subject.hasPrefix("[OK] Watch, hour 0 to 4") && mail.text.contains("1 records in 1 runs, 0 rejected"))
    }
}
