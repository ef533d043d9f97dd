import Domain
import StateStore
import TestKit
import Testing

@testable import Engine

struct ServiceCoreTests {
    private let folder = TemporaryFolder()
    private let clock = ManualTimeline(now: UTCInstant(seconds: 1_795_219_200))
    private let ledger: Ledger

    init() throws { ledger = try Ledger(path: "\(folder.path)/ledger.db") }

    private struct IsBusy: Error {}

    /// - Parameter last: what can be told of the one before.
    private func core(
        _ cadence: String = "every 15m", holder: String = "one", last: HolderStanding = .dead, on ledger: Ledger? = nil
    ) throws -> ServiceCore {
        let job = Job(flow: "stock", schedule: Schedule([.init(try Cadence(cadence))], zone: .utc))
        let ledger = ledger ?? self.ledger
        let request = LeaseRequest(flow: ServiceCore.leaseName, holder: holder, clock: "one", terms: LeaseTerms()) { _ in last }
        guard case .taken(let lease) = try ledger.takeLease(request, timeline: clock.timeline) else { throw IsBusy() }
        return try ServiceCore(ledger: ledger, timeline: clock.timeline, lease: lease, plan: ServicePlan(jobs: [job]))
    }

    private func rows() throws -> [String] {
        try ledger.read { try $0.recentSlots(limit: 100) }.reversed().map { "\($0.state.rawValue) \($0.reason) \($0.count)" }
    }

    @Test func `a slot is in the books before it is started, and its end after`() throws {
        var core = try core()
        clock.advance(by: .seconds(900))

        let start = try #require(try core.tick().first)
        let during = try rows()
        _ = try core.finished(start, SlotResult(.done, "0 files"))

        #expect(during == ["started schedule 1"])
        #expect(try rows() == ["ended schedule 1"])
        #expect(try ledger.read { try $0.recentSlots(limit: 1) }.first?.note == "0 files")
    }

    @Test func `H4 after a downtime the books have every slot once, the missed ones as one row`() throws {
        var first = try core()
        clock.advance(by: .seconds(900))
        _ = try first.finished(try #require(try first.tick().first), SlotResult(.done, ""))
        clock.advance(by: .seconds(10 * 3600))

        var second = try core()
        let starts = try second.tick()

        #expect(starts.map(\.due) == [clock.timeline.now()])
        #expect(try rows() == ["ended schedule 1", "missed downtime 39", "started schedule 1"])
    }

    @Test func `F76 F92 a slot under way when the process died is looked after once by the next, and never again`() throws {
        var first = try core()
        clock.advance(by: .seconds(900))
        let due = try #require(try first.tick().first).due

        var second = try core()
        let again = try second.tick()
        _ = try second.finished(try #require(again.first), SlotResult(.done, ""))
        var third = try core()

        #expect(again == [SlotStart(flow: "stock", due: due, reason: .recovery)])
        #expect(try third.tick() == [])
        #expect(try rows().sorted() == ["ended recovery 1", "ended schedule 1"])
    }

    @Test func `F100 a second service is told to go while the first one lives`() throws {
        _ = try core()
        clock.advance(by: .seconds(900))

        #expect(throws: IsBusy.self) { try core(holder: "two", last: .alive) }
    }

    @Test func `F90 H1 a service that was paused past its lease starts nothing any more`() throws {
        var first = try core()
        clock.advance(by: .seconds(900))
        var second = try core(holder: "two", last: .unseen)
        let starts = try second.tick()

        let failure = #expect(throws: Diagnostic.self) { try first.tick() }
        #expect(failure?.code == "LEASE-LOST")
        #expect(starts.count == 1)
        #expect(try rows() == ["started schedule 1"])
        #expect(throws: Diagnostic.self) { try first.beat() }
    }

    @Test func `F95 slots that were run are not run again when the clock goes back over them`() throws {
        var core = try core()
        for _ in 0..<4 {
            clock.advance(by: .seconds(900))
            for start in try core.tick() { _ = try core.finished(start, SlotResult(.done, "")) }
        }
        clock.setWallClock(clock.timeline.now().adding(.seconds(-3600 - 60)))
        #expect(try core.tick() == [])

        var starts: [SlotStart] = []
        for _ in 0..<5 {
            clock.advance(by: .seconds(900))
            let due = try core.tick()
            starts += due
            for start in due { _ = try core.finished(start, SlotResult(.done, "")) }
        }

        // The four of the hour are known; only the one behind them is new.
        #expect(starts.count == 1)
        #expect(try rows() == Array(repeating: "ended schedule 1", count: 5))
        #expect(try ledger.read { try $0.reading(.clockBack, "service") }?.value == 3_660_000)
    }

    @Test func `F95 a step of years that was put back is told once, also after a restart, and its alarm ends`() throws {
        var first = try core()
        let now = clock.timeline.now()
        clock.setWallClock(now.adding(.seconds(10 * 365 * 86_400)))
        clock.advance(by: .seconds(900))
        for start in try first.tick() { _ = try first.finished(start, SlotResult(.done, "")) }
        clock.setWallClock(now.adding(.seconds(900)))
        _ = try first.tick()
        let told = try ledger.read { try $0.reading(.clockBack, "service") }
        let desk = AlarmDesk(ledger: ledger, timeline: clock.timeline)
        let during = try desk.view(WatchPlan(flows: [])).map(\.key.code)

        clock.advance(by: .seconds(2 * 86_400))
        var second = try core()
        _ = try second.tick()
        let after = try desk.view(WatchPlan(flows: [])).map(\.key.code)

        #expect(told?.at == now.adding(.seconds(900)))
        #expect(try ledger.read { try $0.reading(.clockBack, "service") } == told)
        #expect(during.contains(.clockBack) && !after.contains(.clockBack))
    }

    @Test func `J5 new settings keep what runs and count new flows from now`() throws {
        var core = try core()
        clock.advance(by: .seconds(900))
        let running = try #require(try core.tick().first)
        let added = Job(flow: "prices", schedule: Schedule([.init(try Cadence("every 5m"))], zone: .utc))
        let changed = Job(flow: "stock", schedule: Schedule([.init(try Cadence("every 1h"))], zone: .utc))

        try core.reload(ServicePlan(jobs: [changed, added]))
        clock.advance(by: .seconds(300))
        let next = try core.tick()
        let after = try core.finished(running, SlotResult(.done, ""))

        #expect(next.map(\.flow) == ["prices"])
        #expect(after == [])
        clock.advance(by: .seconds(2400))
        #expect(try core.tick().map(\.flow) == ["stock"])
    }

    @Test func `F84 what could not be written down was not decided`() throws {
        var core = try core()
        clock.advance(by: .seconds(900))
        let busy = try Ledger(path: "\(folder.path)/ledger.db", busyTimeout: .milliseconds(10))
        var held = try self.core(holder: "three", on: busy)
        try ledger.write { _ in
            _ = #expect(throws: Diagnostic.self) { try held.tick() }
        }

        #expect(try held.tick().count == 1)
        #expect(throws: Diagnostic.self) { try core.tick() }
    }
}
