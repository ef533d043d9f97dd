import Domain
import StateStore
import TestKit
import Testing

@testable import Engine

/// What people say of alarms, and flows that they hold back.
struct AlarmCareTests {
    /// A flow that awaits a file every hour; it never comes.
    private struct Watched {
        let world = World()
        let desk: AlarmDesk
        var plan: WatchPlan

        init() throws {
            desk = AlarmDesk(ledger: try world.ledger(), timeline: world.clock.timeline)
            let expectation = FileExpectation(.within(.seconds(3600)))
            plan = WatchPlan(flows: [WatchPlan.WatchedFlow(name: "stock", expectation: expectation)])
        }

        var ledger: Ledger { get throws { try world.ledger() } }
        var now: UTCInstant { world.clock.timeline.now() }

        func look() throws -> [String] {
            let plan = try plan.heeding(ledger.read { try $0.pauses() })
            return try desk.look(plan).told.filter { $0.entry.key.subject == "stock" }.map(\.telling.rawValue)
        }

        func open() throws -> AlarmBook.Entry? { try ledger.read { try $0.alarms() }.first { $0.key.subject == "stock" && $0.opened != nil } }

        func care(_ care: OperatorDesk.Care) throws {
            let entry = try #require(try open())
            let desk = try world.desk()
            try ledger.write { try desk.care(care, for: entry, by: "ann (console, 10.0.0.7)", $0) }
        }
    }

    /// The file is overdue, and the alarm was told.
    private static func overdue() throws -> Watched {
        let watched = try Watched()
        _ = try watched.look()
        watched.world.clock.advance(by: .seconds(3 * 3600))
        _ = try watched.look()
        watched.world.clock.advance(by: .seconds(600))
        _ = try watched.look()
        #expect(try watched.open() != nil)
        return watched
    }

    @Test func `an acknowledged alarm stays open, names who is on it, and forgets that when it is over`() throws {
        let watched = try Self.overdue()
        try watched.care(.acknowledge)
        _ = try watched.look()
        let care = try #require(try watched.ledger.read { try $0.alarmCare() }.values.first)
        #expect(care.acknowledged?.who == "ann (console, 10.0.0.7)")
        #expect(try watched.open() != nil)
        #expect(try watched.ledger.read { try $0.audit(limit: 1) }.first?.action == "acknowledge")
        try watched.world.drop("a.csv", [World.line("A", "1")])
        _ = try watched.ledger.write { writer in
            try writer.addDelivery(
                flow: "stock", hash: ContentHash(digest: Array(repeating: 1, count: 32)), size: 1, folder: "", name: Array("a".utf8),
                modified: watched.now, received: watched.now, origin: .endpoint)
        }
        #expect(try watched.look() == ["recovered"])
        #expect(try watched.ledger.read { try $0.alarmCare().isEmpty })
    }

    @Test func `a snoozed alarm stays open and tells nobody, until the snooze ends: then it is told again, once`() throws {
        let watched = try Self.overdue()
        let until = watched.now.adding(.seconds(1800))
        try watched.care(.snooze(until: until, because: "the ERP is rebooted"))
        watched.world.clock.advance(by: .seconds(900))
        #expect(try watched.look() == [])
        #expect(try watched.open() != nil)
        watched.world.clock.advance(by: .seconds(1000))
        #expect(try watched.look() == ["opened"])
        #expect(try watched.look().isEmpty)
        #expect(try watched.ledger.read { try $0.alarmCare().isEmpty })
        let entry = try #require(try watched.ledger.read { try $0.audit(limit: 1) }.first)
        #expect(entry.action == "snooze" && entry.detail.contains("the ERP is rebooted"))
    }

    @Test func `a snooze ends early when the alarm becomes worse, and the worse is told`() throws {
        let watched = try Watched()
        _ = try watched.look()
        watched.world.clock.advance(by: .seconds(3600 + 300))
        _ = try watched.look()
        watched.world.clock.advance(by: .seconds(600))
        _ = try watched.look()
        #expect(try watched.open()?.severity == .amber)
        try watched.care(.snooze(until: watched.now.adding(.seconds(6 * 3600)), because: "later"))
        watched.world.clock.advance(by: .seconds(2 * 3600))
        #expect(try watched.look() == ["worsened"])
        #expect(try watched.ledger.read { try $0.alarmCare().isEmpty })
    }

    @Test(arguments: [-1, 0, 7 * 86_400 + 1])
    func `a snooze and a pause end within seven days, and begin to`(_ seconds: Int64) throws {
        let watched = try Self.overdue()
        let until = watched.now.adding(.seconds(seconds))
        #expect(throws: Diagnostic.self) { try watched.care(.snooze(until: until, because: "x")) }
        let desk = try watched.world.desk()
        #expect(throws: Diagnostic.self) { try watched.ledger.write { try desk.pause("stock", until: until, by: "ann", because: "x", $0) } }
        #expect(try watched.ledger.read { try $0.alarmCare().isEmpty && $0.pauses().isEmpty })
    }

    @Test(arguments: [AlarmCode.guestSees, .credentialRefused])
    func `what harms customers or locks an account cannot be snoozed, and can be acknowledged`(_ code: AlarmCode) throws {
        let watched = try Watched()
        let entry = AlarmBook.Entry(key: AlarmKey(code, "shop"), severity: .red, since: watched.now, text: "x", opened: watched.now)
        let desk = try watched.world.desk()
        let until = watched.now.adding(.seconds(60))
        let refused = #expect(throws: Diagnostic.self) {
            try watched.ledger.write { try desk.care(.snooze(until: until, because: "x"), for: entry, by: "ann", $0) }
        }
        #expect(refused?.code == "ALARM-LOUD")
        try watched.ledger.write { try desk.care(.acknowledge, for: entry, by: "ann", $0) }
        #expect(try watched.ledger.read { try $0.alarmCare().count } == 1)
    }

    @Test func `while a person holds a flow back no file of it is overdue, and its deadlines count anew from the end`() throws {
        let watched = try Self.overdue()
        let desk = try watched.world.desk()
        let start = watched.now
        try watched.ledger.write { try desk.pause("stock", until: start.adding(.seconds(7200)), by: "ann", because: "stock-taking", $0) }
        #expect(try watched.look() == ["recovered"])
        watched.world.clock.advance(by: .seconds(7000))
        #expect(try watched.look().isEmpty)
        #expect(try watched.open() == nil)
        // Ended before its time: what was held back is not missed, and an hour from now something is.
        #expect(try watched.ledger.write { try desk.resume("stock", by: "ben", $0) })
        #expect(try !watched.ledger.write { try desk.resume("stock", by: "ben", $0) })
        watched.world.clock.advance(by: .seconds(1800))
        #expect(try watched.look().isEmpty)
        watched.world.clock.advance(by: .seconds(4200))
        _ = try watched.look()
        #expect(try watched.ledger.read { try $0.alarms() }.contains { $0.key == AlarmKey(.fileMissing, "stock") })
        #expect(try watched.ledger.read { try $0.audit(limit: 5) }.map(\.action) == ["resume", "pause"])
    }

    @Test func `a service starts nothing of a flow that is held back, and the slot after the pause`() async throws {
        let world = World()
        let ledger = try world.ledger()
        let schedule = Schedule([.init(try Cadence("every 15m"))], zone: .utc)
        let kept = try #require(
            try await LeaseHolder(name: "test", isAlive: { _ in false }).take(ServiceCore.leaseName, of: ledger, timeline: world.clock.timeline))
        var core = try ServiceCore(
            ledger: ledger, timeline: world.clock.timeline, lease: kept.lease, plan: ServicePlan(jobs: [Job(flow: "stock", schedule: schedule)]))
        world.clock.advance(by: .seconds(901))
        #expect(try core.tick().map(\.flow) == ["stock"])
        _ = try core.finished(SlotStart(flow: "stock", due: world.clock.timeline.now(), reason: .schedule), SlotResult(.done, ""))
        let desk = try world.desk()
        let now = world.clock.timeline.now()
        try ledger.write { try desk.pause("stock", until: now.adding(.seconds(3600)), by: "ann", because: "wrong list", $0) }
        world.clock.advance(by: .seconds(1000))
        #expect(try core.tick().isEmpty)
        world.clock.advance(by: .seconds(2700))
        #expect(try core.tick().map(\.flow) == ["stock"])
        try kept.end()
    }
}
