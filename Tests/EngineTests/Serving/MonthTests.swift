import Domain
import Foundation
import StateStore
import TestKit
import Testing

@testable import Engine

/// A month of unattended service, with the shop failing, the process dying, and silences planted.
@Suite(.serialized)
struct MonthTests {
    private static func instant(_ iso: String) -> UTCInstant {
        UTCInstant(seconds: Int64(ISO8601DateFormatter().date(from: iso)!.timeIntervalSince1970))
    }

    /// Something that keeps quiet for a while, and the alarm that must tell of it.
    private struct Silence {
        var from: String
        var until: String
        var alarm: String
        /// Minutes after `from` at which the alarm is due by its own definition.
        var deadline: Int64
        /// Minutes after `until` within which it must be over.
        var relief: Int64 = 15

        func lasts(at now: UTCInstant) -> Bool { now >= instant(from) && now < instant(until) }
    }

    /// The looks at the alarms, and the polls of the two quick flows, are a quarter of an hour apart.
    private static let interval = Duration.seconds(900)

    private static let jobs: [Job] = {
        func job(_ flow: String, _ cadence: String) -> Job {
            Job(flow: flow, schedule: Schedule([.init(try! Cadence(cadence))], zone: ServedWorld.zone))
        }
        return [
            job("stock", "*/15 * * * *"), job("prices", "every 15m"), job("costs", "30 1 * * *"), job("products", "0 2 * * *"),
            job("groups", "45 0 * * *"),
        ]
    }()

    private final class Orders: @unchecked Sendable {
        // Only the test's own task touches it.
        var oldest: OutboundSigns.Oldest?
    }

    private struct Mail: NoticeDelivery {
        var isDown: Bool

        func deliver(_ notice: Notice) async throws {
            guard isDown else { return }
            throw Diagnostic("MAIL-REFUSED", "the mail server is away", fix: "wait", kind: .transient)
        }
    }

    private static func watch(_ orders: Orders) -> WatchPlan {
        var flows = jobs.map { WatchPlan.WatchedFlow(name: $0.flow, endpoint: "erp", schedule: $0.schedule) }
        flows[0].expectation = FileExpectation(.within(.seconds(2 * 3600)), during: .always)
        flows[0].age = .seconds(4 * 3600)
        let limit = FileExpectation(.within(.seconds(1800)), during: ServedWorld.trading)
        return WatchPlan(flows: flows, notices: .delivered) { _, _ in
            [OutboundSigns(flow: "orders", oldest: orders.oldest, limit: limit)]
        }
    }

    @Test(arguments: [
        // October with its night, and the days around the one in March.
        ("2026-10-01T00:00:00Z", 31), ("2026-03-27T12:00:00Z", 4),
    ])
    func `F96 H4 I2 I4 J2 over a month every slot runs or is told as missed, every silence is told once in time, and nothing grows`(
        from: String, days: Int
    ) async throws {
        let isMonth = days > 4
        let silences =
            isMonth
            ? [
                // The file of 10:00 is the first that does not come; the last one came at 09:00.
                Silence(from: "2026-10-05T09:30:00Z", until: "2026-10-05T15:30:00Z", alarm: "FILE-OVERDUE stock", deadline: 90, relief: 60),
                Silence(from: "2026-10-09T12:00:00Z", until: "2026-10-09T15:00:00Z", alarm: "CONSUMERS-STOPPED shop", deadline: 10),
                Silence(from: "2026-10-12T08:00:00Z", until: "2026-10-12T12:00:00Z", alarm: "NOTICE-UNDELIVERED service", deadline: 105),
                Silence(from: "2026-10-16T10:00:00Z", until: "2026-10-16T12:30:00Z", alarm: "ORDERS-LATE orders", deadline: 30),
                Silence(from: "2026-10-20T06:30:00Z", until: "2026-10-20T18:30:00Z", alarm: "DATA-OLD stock/NCL", deadline: 210, relief: 60),
                Silence(from: "2026-10-25T00:05:00Z", until: "2026-10-25T05:05:00Z", alarm: "ENDPOINT-AWAY erp", deadline: 25),
            ] : []
        let orders = Orders()
        let start = Self.instant(from)
        let world = try ServedWorld(jobs: Self.jobs, watch: Self.watch(orders), from: start)
        let end = start.adding(.seconds(Int64(days) * 86_400))
        var random = SeededRandom(seed: 20_261_025)
        var told: [String: [(at: UTCInstant, telling: String)]] = [:]
        var seen: Int64 = 0
        var descriptors: Int?
        var memory: Int?
        var number = 0
        func during(_ alarm: String) -> Bool { silences.contains { $0.alarm.hasPrefix(alarm) && $0.lasts(at: world.now) } }

        while world.now < end {
            let step = [world.core.nextWake, UTCInstant(milliseconds: (world.now.milliseconds / 900_000 + 1) * 900_000)].compactMap { $0 }.min()
            world.clock.advance(by: max(.seconds(1), (step ?? end).since(world.now)))
            // Now and then nobody is there for three hours.
            if Int.random(in: 0..<700, using: &random) == 0,
                !silences.contains(where: { $0.lasts(at: world.now.adding(.seconds(-7200))) || $0.lasts(at: world.now.adding(.seconds(4 * 3600))) })
            {
                world.clock.advance(by: .seconds(3 * 3600))
                try world.restart()
                number += 1
                try world.drop("stock", [World.line("S1", "\(number)"), World.line("N1", "\(number)", warehouse: "NCL")])
            }
            let minute = world.now.milliseconds / 60_000
            if minute % 60 == 0, !during("FILE-OVERDUE"), !during("ENDPOINT-AWAY") {
                number += 1
                let lines =
                    [World.line("S\(number % 7)", "\(number)")] + (during("DATA-OLD") ? [] : [World.line("N1", "\(number)", warehouse: "NCL")])
                try world.drop("stock", lines)
            }
            if minute % 1440 == 0, !during("ENDPOINT-AWAY") {
                for flow in ["costs", "products", "groups"] { try world.drop(flow, [World.line("\(flow)-1", "\(number)")]) }
            }
            let isGone = during("ENDPOINT-AWAY")
            let there = FileManager.default.fileExists(atPath: "\(world.folder)/erp/stock")
            if isGone, there { try FileManager.default.moveItem(atPath: "\(world.folder)/erp", toPath: "\(world.folder)/gone") }
            if !isGone, !there {
                try FileManager.default.removeItem(atPath: "\(world.folder)/erp")
                try FileManager.default.moveItem(atPath: "\(world.folder)/gone", toPath: "\(world.folder)/erp")
                number += 1
                try world.drop("stock", [World.line("S1", "\(number)"), World.line("N1", "\(number)", warehouse: "NCL")])
            }
            if isGone, !FileManager.default.fileExists(atPath: "\(world.folder)/erp") {
                try FileManager.default.createDirectory(atPath: "\(world.folder)/erp", withIntermediateDirectories: true)
            }
            orders.oldest = during("ORDERS-LATE") ? .init(number: "000000042", since: Self.instant("2026-10-16T10:00:00Z")) : nil
            if Int.random(in: 0..<40, using: &random) == 0 {
                await world.shop.plan([FakeShop.Fault.unavailable, .dropBefore, .commitThenDrop].randomElement(using: &random) ?? .unavailable)
            }

            let dies = Int.random(in: 0..<150, using: &random) == 0
            var hasDied = false
            try await world.look { _ in
                defer { hasDied = true }
                return dies && !hasDied
            }
            guard minute % 15 == 0 else { continue }
            try world.ledger.write { try $0.record(reading: .queue, "shop", text: during("CONSUMERS") ? "40 tasks wait" : "", at: world.now) }
            if during("NOTICE"), world.now == Self.instant("2026-10-12T08:45:00Z") {
                // Something else goes wrong while the mail is down.
                try world.ledger.write { try $0.record(reading: .settings, "service", text: "SETTINGS-UNKNOWN: a mistake", at: world.now) }
            }
            if world.now == Self.instant("2026-10-12T10:00:00Z") {
                try world.ledger.write { try $0.record(reading: .settings, "service", at: world.now) }
            }
            try world.desk.look(world.watch)
            try await world.desk.deliver(by: Mail(isDown: during("NOTICE")))
            for notice in try world.ledger.read({ try $0.recentNotices(limit: 20) }).reversed() where notice.id > seen {
                seen = notice.id
                told["\(notice.key.code.rawValue) \(notice.key.subject)", default: []].append((notice.at, notice.telling.rawValue))
            }
            if world.now.since(start) > .seconds(2 * 86_400), descriptors == nil {
                descriptors = world.descriptors
                memory = Self.residentPages
            }
        }

        // Before the test reads the whole month back.
        let memoryAtEnd = Self.residentPages

        // Slots.
        let slots = try world.ledger.read { try $0.recentSlots(limit: 1_000_000) }
        for job in Self.jobs {
            let mine = slots.filter { $0.flow == job.flow }
            let due = job.schedule.slots(after: start, through: world.now)
            let run = Set(mine.filter { $0.reason == "schedule" }.map(\.due))
            let missed = mine.filter { $0.state == .missed }
            let wrong = due.filter { slot in (run.contains(slot) ? 1 : 0) + missed.count { $0.due <= slot && slot <= $0.last } != 1 }
            #expect(wrong == [], "\(job.flow)")
            #expect(missed.reduce(0) { $0 + $1.count } + run.count == due.count, "\(job.flow)")
            #expect(mine.allSatisfy { $0.state != .started })
            if job.schedule.tiers[0].cadence.text.hasSuffix("* * *"), !job.flow.hasPrefix("stock") {
                let dates = due.map { ServedWorld.zone.day(of: $0) }
                #expect(Set(dates).count == dates.count && dates.count >= days - 1)
            }
        }

        // Silences.
        for silence in silences {
            let notices = (told.removeValue(forKey: silence.alarm) ?? []).filter { $0.telling != "worsened" }
            #expect(notices.map(\.telling) == ["opened", "recovered"], "\(silence.alarm)")
            guard let opened = notices.first?.at, let closed = notices.last?.at else { continue }
            let due = Self.instant(silence.from).adding(.seconds(silence.deadline * 60))
            #expect(opened >= due && opened <= due.adding(Self.interval), "\(silence.alarm) was due \(due) and told \(opened)")
            let over = Self.instant(silence.until).adding(.seconds(silence.relief * 60))
            #expect(closed <= over.adding(Self.interval), "\(silence.alarm) should be over \(over) and was \(closed)")
        }
        if isMonth { #expect(told.removeValue(forKey: "SETTINGS-KEPT service")?.count == 2) }
        #expect(told.isEmpty, "invented: \(told)")

        // What was done.
        #expect(try world.ledger.read { try $0.unbalancedRuns() }.isEmpty)
        #expect(world.descriptors == descriptors)
        // Only alone does the process's memory say something of this test.
        if ProcessInfo.processInfo.environment["TALLYMAN_SOAK"] != nil, let memory {
            print("resident pages after two days \(memory), at the end \(memoryAtEnd), descriptors \(world.descriptors)")
            #expect(Double(memoryAtEnd) < Double(memory) * 1.05)
        }
    }

    private static var residentPages: Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        return Int(text.split(separator: " ").dropFirst().first ?? "") ?? 0
    }
}
