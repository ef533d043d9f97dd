import Domain
import Foundation
import StateStore
import TestKit
import Testing

@testable import Engine

struct AlarmDeskTests {
    private let folder = TemporaryFolder()
    /// Saturday, 21 November 2026, noon.
    private let clock = ManualTimeline(now: UTCInstant(seconds: 1_795_262_400))
    private let ledger: Ledger

    init() throws { ledger = try Ledger(path: "\(folder.path)/ledger.db") }

    private var now: UTCInstant { clock.timeline.now() }

    private func plan(_ change: (inout WatchPlan) -> Void = { _ in }) -> WatchPlan {
        var plan = WatchPlan(flows: [.init(name: "stock", endpoint: "erp")])
        change(&plan)
        return plan
    }

    /// The codes that are open after a look.
    private func open(_ plan: WatchPlan, disk: AlarmInputs.Disk? = nil) throws -> [String] {
        let desk = AlarmDesk(ledger: ledger, timeline: clock.timeline) { disk }
        try desk.look(plan)
        return try ledger.read { try $0.alarms() }.filter { $0.opened != nil }.map {
            "\($0.severity.rawValue) \($0.key.code.rawValue) \($0.key.subject)"
        }
    }

    private func attempt(_ text: String) throws {
        try ledger.write { try $0.record(reading: .attempt, "stock", text: text, at: now) }
    }

    @Test func `nothing is wrong where nothing is wrong`() throws {
        #expect(try open(plan()) == [])
        #expect(try ledger.read { try $0.recentNotices(limit: 10) }.isEmpty)
    }

    @Test(arguments: [
        ("AUTH-REFUSED: wrong key", "red CREDENTIAL-REFUSED erp"), ("SHOP-CREDENTIAL: no", "red CREDENTIAL-REFUSED shop"),
        ("HOST-KEY-MISMATCH: another", "red HOST-KEY-CHANGED erp"), ("SHOP-CLOCK: no", "red CREDENTIAL-REFUSED shop"),
    ])
    func `F11 F19 F59 a refused credential and another host key are told at once`(trouble: String, alarm: String) throws {
        try attempt(trouble)

        #expect(try open(plan()) == [alarm])
    }

    @Test(arguments: [("ENDPOINT-CONNECT: no route", "ENDPOINT-AWAY erp"), ("SHOP-MAINTENANCE: closed", "SHOP-AWAY shop")])
    func `F1 F62 another side that is away is told after ten minutes, grave after an hour, and over at once`(trouble: String, alarm: String) throws {
        try attempt(trouble)
        #expect(try open(plan()) == [])
        clock.advance(by: .seconds(601))
        #expect(try open(plan()) == ["amber \(alarm)"])
        clock.advance(by: .seconds(3600))
        #expect(try open(plan()) == ["red \(alarm)"])
        try attempt("")
        #expect(try open(plan()) == [])

        let notices = try ledger.read { try $0.recentNotices(limit: 10) }.reversed().map(\.telling.rawValue)
        #expect(notices == ["opened", "worsened", "recovered"])
    }

    @Test func `what another flow has seen to be well is well, although the first will not try again before tomorrow`() throws {
        let watched = plan { $0.flows.append(.init(name: "prices", endpoint: "erp")) }
        try attempt("ENDPOINT-CONNECT: no route")
        clock.advance(by: .seconds(700))
        #expect(try open(watched) == ["amber ENDPOINT-AWAY erp"])
        try ledger.write { try $0.record(reading: .success, "prices", at: now) }
        #expect(try open(watched) == [])

        try attempt("SHOP-MAINTENANCE: closed")
        clock.advance(by: .seconds(700))
        #expect(try open(watched) == ["amber SHOP-AWAY shop"])
        let board = SignalBoard(timeline: clock.timeline)
        board.shopTime(now)
        try board.write(to: ledger)
        #expect(try open(watched) == [])
    }

    @Test func `C353 more than three server errors in ten minutes are an alarm, three are not, and it ends with them`() throws {
        let board = SignalBoard(timeline: clock.timeline)
        for _ in 0..<3 { board.serverError() }
        try board.write(to: ledger)
        #expect(try open(plan()) == [])
        board.serverError()
        try board.write(to: ledger)
        #expect(try open(plan()) == ["amber SHOP-ERRORS shop"])
        clock.advance(by: .seconds(700))
        #expect(try open(plan()) == [])
    }

    @Test func `F75 clocks that differ are told by the side they differ to`() throws {
        let board = SignalBoard(timeline: clock.timeline)
        board.shopTime(now.adding(.seconds(-400)))
        board.fileTime(now.adding(.seconds(90)), endpoint: "erp")
        board.fileTime(now.adding(.seconds(-90)), endpoint: "other")
        try board.write(to: ledger)

        #expect(try open(plan()).sorted() == ["amber ENDPOINT-CLOCK erp", "red SHOP-CLOCK-SKEW shop"])
    }

    @Test func `F78 a disk that fills up is told before it is full`() throws {
        #expect(try open(plan(), disk: .init(free: 11 << 30, size: 100 << 30)) == [])
        #expect(try open(plan(), disk: .init(free: 9 << 30, size: 100 << 30)) == ["amber DISK-LOW service"])
        #expect(try open(plan(), disk: .init(free: 2 << 30, size: 100 << 30)) == ["red DISK-LOW service"])
        #expect(try open(plan(), disk: .init(free: 50 << 30, size: 100 << 30)) == [])
    }

    @Test func `I2 a file that does not come is told by the clock, also after our own downtime, and nothing else with it`() throws {
        let watched = plan { plan in
            plan.flows[0].expectation = FileExpectation(.within(.seconds(1200)))
            plan.flows[0].schedule = Schedule([.init(try! Cadence("every 5m"))], zone: .utc)
        }
        #expect(try open(watched) == [])
        try ledger.write { try $0.record(reading: .success, "stock", at: now) }
        clock.advance(by: .seconds(1100))
        try ledger.write { try $0.record(reading: .success, "stock", at: now) }
        #expect(try open(watched) == [])
        // Nobody was there for a day; nothing ran, and the first look tells it with the time it really began.
        clock.advance(by: .seconds(86_400))
        try ledger.write { try $0.record(reading: .heartbeat, "service", value: 1, at: now.adding(.seconds(-86_400))) }

        #expect(try open(watched) == ["red SERVICE-SILENT service"])
        try ledger.write { try $0.record(reading: .heartbeat, "service", value: 1, at: now) }
        _ = try open(watched)
        clock.advance(by: .seconds(120))
        try ledger.write { try $0.record(reading: .heartbeat, "service", value: 1, at: now) }
        #expect(try open(watched) == [])
        clock.advance(by: .seconds(240))
        try ledger.write { try $0.record(reading: .heartbeat, "service", value: 1, at: now) }
        #expect(try open(watched).sorted() == ["red FILE-OVERDUE stock", "red RUN-OVERDUE stock"])
        let overdue = try ledger.read { try $0.alarms() }.first { $0.key.code == .fileMissing }
        #expect(overdue?.since == UTCInstant(seconds: 1_795_262_400 + 1200))
    }

    @Test func `C133 what cannot come in a maintenance window is not missed, and has its time again afterwards`() throws {
        let window = now.adding(.seconds(600))..<now.adding(.seconds(7200))
        let watched = plan { plan in
            plan.flows[0].expectation = FileExpectation(.within(.seconds(1200)))
            plan.maintenance = Maintenance([.init(.once(window))])
        }
        #expect(try open(watched) == [])
        for minutes in [60, 125, 139] as [Int64] {
            clock.advance(by: UTCInstant(seconds: 1_795_262_400 + minutes * 60).since(now))
            #expect(try open(watched) == [], "after \(minutes) minutes")
        }
        clock.advance(by: .seconds(120))
        #expect(try open(watched) == ["amber FILE-OVERDUE stock"])
    }

    @Test func `C354 a backlog of more than twice the usual is told after it has lasted`() throws {
        for hour in 1...48 {
            try ledger.write { try $0.sample(15, of: .backlog, "stock", at: now.adding(.seconds(Int64(-hour) * 3600))) }
        }
        let run = try ledger.write { writer in
            let run = try writer.startRun(flow: "stock", delivery: nil, cause: "test", at: now).id
            try writer.set(tally: Tally(read: 31, counts: [.deferred: 31]), run: run, entity: "stock")
            try writer.set(run: run, to: .waiting, verdict: "the shop is closed", at: now)
            return run
        }
        #expect(try open(plan()) == [])
        clock.advance(by: .seconds(901))
        #expect(try open(plan()) == ["amber BACKLOG-HIGH stock"])
        try ledger.write { try $0.set(tally: Tally(read: 30, counts: [.deferred: 30]), run: run, entity: "stock") }
        #expect(try open(plan()) == [])
    }

    @Test func `C357 one rejected record in a hundred is allowed, two are an alarm`() throws {
        func finish(read: Int, rejected: Int) throws {
            try ledger.write { writer in
                let run = try writer.startRun(flow: "stock", delivery: nil, cause: "test", at: now).id
                try writer.set(tally: Tally(read: read, counts: [.unchanged: read - rejected, .rejected: rejected]), run: run, entity: "stock")
                try writer.addRange(run: run, entity: "stock", outcome: .unchanged, first: 1, last: read, count: read - rejected)
                for number in 0..<rejected {
                    let origin = RecordOrigin(number: number + 1, line: number + 2, offset: 0, length: 1)
                    let reason = RejectReason("X-Y", "bad", fix: "mend it")
                    try writer.add(
                        RecordVerdict(outcome: .rejected, origin: origin, key: nil, reason: reason, original: []), run: run, entity: "stock")
                }
                try writer.set(run: run, to: .finished, verdict: "done", at: now)
            }
        }
        try finish(read: 100, rejected: 1)
        #expect(try open(plan()) == [])
        try finish(read: 100, rejected: 2)
        #expect(try open(plan()) == ["amber ERROR-RATE stock"])
        clock.advance(by: .seconds(86_500))
        #expect(try open(plan()) == [])
    }

    @Test func `a plan that is held is told at once and grave after the agreed time`() throws {
        let run = try ledger.write { writer in
            let run = try writer.startRun(flow: "stock", delivery: nil, cause: "test", at: now).id
            try writer.set(run: run, to: .held, verdict: "held", at: now)
            return run
        }
        #expect(try open(plan()) == ["amber PLAN-HELD stock"])
        clock.advance(by: .seconds(4 * 3600 + 1))
        #expect(try open(plan()) == ["red PLAN-HELD stock"])
        try ledger.write { try $0.set(run: run, to: .discarded, verdict: "no", at: now) }
        #expect(try open(plan()) == [])
    }

    @Test func `C352 a failed run is told at once, further ones are counted, and the next good one ends it`() throws {
        func end(_ state: Run.State) throws {
            try ledger.write { writer in
                let run = try writer.startRun(flow: "stock", delivery: nil, cause: "schedule", at: now).id
                try writer.set(run: run, to: state, verdict: "FILE-CUT: the file is cut off", at: now)
            }
        }
        try end(.failed)
        #expect(try open(plan()) == ["red RUN-FAILED stock"])
        try end(.failed)
        #expect(try open(plan()) == ["red RUN-FAILED stock"])
        #expect(try ledger.read { try $0.alarms() }.first?.text == "run 2 failed (2 in a row): FILE-CUT: the file is cut off")
        try end(.finished)
        #expect(try open(plan()) == [])
        #expect(try ledger.read { try $0.recentNotices(limit: 9) }.count == 2)
    }

    @Test func `what runs out is called to mind in time`() throws {
        let watched = plan { plan in
            plan.credentials = [
                .init(name: "shop", expires: CivilDate(year: 2026, month: 12, day: 20)!),
                .init(name: "sftp", expires: CivilDate(year: 2026, month: 11, day: 25)!),
                .init(name: "mail", expires: CivilDate(year: 2027, month: 6, day: 1)!),
            ]
            plan.holidays = [HolidayList(name: "uk-england", days: [:], knownUntil: CivilDate(year: 2026, month: 12, day: 31))]
        }
        #expect(try open(watched).sorted() == ["amber CALENDAR-ENDS uk-england", "amber CREDENTIAL-EXPIRES shop", "red CREDENTIAL-EXPIRES sftp"])
    }

    @Test func `orders that wait and files that are not confirmed are told by what the outbound side reports`() throws {
        let began = now
        let watched = plan { plan in
            plan.outbound = { _, _ in
                [
                    OutboundSigns(
                        flow: "orders", oldest: .init(number: "000000042", since: began), limit: FileExpectation(.within(.seconds(300))),
                        overdue: [.init(name: "ORD_7.csv", since: began.adding(.seconds(1800)))])
                ]
            }
        }
        clock.advance(by: .seconds(301))
        #expect(try open(watched).contains("amber ORDERS-LATE orders"))
        clock.advance(by: .seconds(7200))
        #expect(try open(watched).sorted() == ["red ACK-OVERDUE orders", "red ORDERS-LATE orders"])
    }

    // MARK: Telling

    private final class Mail: NoticeDelivery, @unchecked Sendable {
        // Only the test's own task touches it.
        var refusals: Int
        var told: [Int64] = []

        init(refusals: Int) { self.refusals = refusals }

        func deliver(_ notice: Notice) async throws {
            guard refusals == 0 else {
                refusals -= 1
                throw Diagnostic("MAIL-REFUSED", "not now", fix: "wait", kind: .transient)
            }
            told.append(notice.id)
        }
    }

    @Test func `F99 I2 a notice that cannot be delivered stays, is tried again, and is trouble of its own after an hour`() async throws {
        let desk = AlarmDesk(ledger: ledger, timeline: clock.timeline)
        let watched = plan { $0.notices = .delivered }
        let mail = Mail(refusals: 2)
        try attempt("AUTH-REFUSED: wrong key")
        try desk.look(watched)
        try await desk.deliver(by: mail)
        clock.advance(by: .seconds(3601))
        try desk.look(watched)
        try await desk.deliver(by: mail)
        let stuck = try ledger.read { try $0.alarms() }.map(\.key.code)
        try await desk.deliver(by: mail)
        try await desk.deliver(by: mail)

        #expect(stuck.contains(.noticeStuck))
        #expect(mail.told == [1, 2])
        #expect(try ledger.read { try $0.undeliveredNotices() }.isEmpty)
        #expect(try ledger.read { try $0.recentNotices(limit: 9) }.map(\.attempts) == [1, 3])
    }

    @Test func `J1 a look at how things stand writes nothing`() throws {
        try attempt("AUTH-REFUSED: wrong key")
        let desk = AlarmDesk(ledger: ledger, timeline: clock.timeline)

        let seen = try desk.view(plan())

        #expect(seen.map(\.key.code) == [.credentialRefused])
        #expect(try ledger.read { try $0.alarms() }.isEmpty)
        #expect(try ledger.read { try $0.recentNotices(limit: 9) }.isEmpty)
    }

    @Test func `C160 products that were put back on sale are told, and those that could not be are grave until a look finds none`() throws {
        try ledger.write {
            try $0.record(reading: .sale, "stock", value: 0, text: "1 had vanished from the shop's index and were put back on sale: A", at: now)
        }
        #expect(try open(plan()) == ["amber NOT-ON-SALE stock"])
        try ledger.write { try $0.record(reading: .sale, "stock", value: 1, text: "1 of 9 products in stock cannot be bought: A", at: now) }
        #expect(try open(plan()) == ["red NOT-ON-SALE stock"])
        try ledger.write { try $0.record(reading: .sale, "stock", at: now) }
        #expect(try open(plan()) == [])
    }

    @Test func `I3 C343 what a comparison found is an alarm until one finds nothing; orders that stay apart for a day are grave`() throws {
        try ledger.write { writer in
            try writer.record(reading: .drift, "stock", value: 3, text: "stock: 3 of 9 differ", at: now)
            try writer.record(reading: .orderGaps, "stock", value: 1, text: "1 not-exported: 7", at: now)
        }
        #expect(try open(plan()) == ["amber ORDERS-DIFFER stock", "amber SHOP-DRIFTED stock"])
        clock.advance(by: .seconds(86_401))
        #expect(try open(plan()).contains("red ORDERS-DIFFER stock"))
        try ledger.write { writer in
            try writer.record(reading: .drift, "stock", at: now)
            try writer.record(reading: .orderGaps, "stock", at: now)
        }
        #expect(try open(plan()) == [])
    }

    @Test func `C346 I4 a small trouble that comes back day after day becomes an alarm, another each day does not`() throws {
        for day in 0..<10 {
            try ledger.write { writer in
                let run = try writer.startRun(flow: "stock", delivery: nil, cause: "schedule", at: now)
                try writer.set(tally: Tally(read: 2, counts: [.rejected: 2]), run: run.id, entity: "stock")
                for (number, code) in ["SKU-UNKNOWN", "CODE-\(day)"].enumerated() {
                    let origin = RecordOrigin(number: number + 1, line: number + 2, offset: 0, length: 1)
                    let reason = RejectReason(code, column: "sku", value: "X", "no", fix: "mend")
                    try writer.add(
                        RecordVerdict(outcome: .rejected, origin: origin, key: nil, reason: reason, original: [1]), run: run.id, entity: "stock")
                }
                try writer.set(run: run.id, to: .finished, verdict: "done", at: now)
            }
            let alarms = try open(plan())
            switch day {
            case 0..<4: #expect(alarms == [], "day \(day)")
            case 4..<9: #expect(alarms == ["amber ERROR-RECURS stock"], "day \(day)")
            case _: #expect(alarms == ["red ERROR-RECURS stock"], "day \(day)")
            }
            clock.advance(by: .seconds(86_400))
        }
    }

    @Test func `C340 orders are late by the trading hours that the settings name, not at night`() throws {
        let zone = try ZoneTable("Europe/London")
        let hours = OpeningHours(name: "trading", zone: zone, hours: [540..<1050])
        let watched = plan { plan in
            plan.outbound = { _, _ in
                [
                    OutboundSigns(
                        flow: "stock", oldest: .init(number: "7", since: UTCInstant(seconds: 1_795_282_200)),
                        limit: FileExpectation(.within(.seconds(3600)), during: hours))
                ]
            }
        }
        // Due since 17:30, when the day's trade has ended: an hour of the next day has to pass.
        clock.advance(by: .seconds(86_400 - 3 * 3600 - 60))
        #expect(try open(watched) == [])
        clock.advance(by: .seconds(3600 + 120))
        #expect(try open(watched) == ["amber ORDERS-LATE stock"])
    }

    @Test func `C358 while a watch is on every limit is half of what it is`() throws {
        var watched = plan { $0.limits.held = .seconds(7200) }
        watched.flows[0].age = .seconds(600)

        let tight = watched.tightened
        let watch = GoLiveWatch(start: now, end: now.adding(.seconds(72 * 3600)), every: .seconds(5 * 3600))

        #expect(
            tight.limits.held == .seconds(3600) && tight.limits.errorRate == ExactDecimal(coefficient: 5, scale: 1) && tight.limits.serverErrors == 1)
        #expect(tight.flows[0].age == .seconds(300))
        #expect(watch.stretch(at: now.adding(.seconds(3600)))?.number == nil && watch.stretch(at: now.adding(.seconds(18_000)))?.number == 1)
        let last = watch.stretch(at: now.adding(.seconds(100 * 3600)))
        #expect(last?.number == 15 && last?.to == watch.end && last?.from == now.adding(.seconds(70 * 3600)))
        #expect(watch.isOn(at: now) && !watch.isOn(at: watch.end))
    }
}
