import Domain
import TestKit
import Testing

struct SchedulerTests {
    private static let start = UTCInstant(seconds: 1_795_219_200)  // 2026-11-21T00:00:00Z

    private static func at(_ seconds: Int64, uptime: Int64? = nil) -> Moment {
        Moment(wall: start.adding(.seconds(seconds)), uptime: .seconds(uptime ?? seconds))
    }

    private static func job(_ flow: String, _ cadence: String = "every 15m", _ misfire: MisfirePolicy = .once) throws -> Job {
        Job(flow: flow, schedule: Schedule([.init(try Cadence(cadence))], zone: .utc), misfire: misfire)
    }

    private static func scheduler(_ jobs: [Job], workers: Int = 2, _ maintenance: Maintenance = Maintenance()) -> Scheduler {
        var scheduler = Scheduler(workers: workers, maintenance: maintenance)
        for job in jobs { scheduler.add(job, through: start) }
        return scheduler
    }

    private func starts(_ actions: [Scheduler.Action]) -> [String] {
        actions.compactMap {
            if case .start(let start) = $0 { "\(start.flow) \(start.due.since(Self.start).wholeSeconds) \(start.reason.rawValue)" } else { nil }
        }
    }

    private func misses(_ actions: [Scheduler.Action]) -> [String] {
        actions.compactMap { if case .missed(let missed) = $0 { "\(missed.flow) \(missed.count) \(missed.reason.rawValue)" } else { nil } }
    }

    @Test func `a slot starts its flow when it is due and not before`() throws {
        var scheduler = Self.scheduler([try Self.job("stock")])

        #expect(starts(scheduler.handle(.tick, at: Self.at(899))) == [])
        #expect(scheduler.nextWake(after: Self.at(899)) == Self.at(900).wall)
        #expect(starts(scheduler.handle(.tick, at: Self.at(900))) == ["stock 900 schedule"])
        #expect(starts(scheduler.handle(.tick, at: Self.at(900))) == [])
    }

    @Test func `C4 a flow that follows others waits for those that are due with it, and holds up nobody else`() throws {
        var stock = try Self.job("stock")
        stock.after = ["despatches", "cancellations"]
        var scheduler = Self.scheduler([stock, try Self.job("despatches"), try Self.job("prices")], workers: 3)

        #expect(starts(scheduler.handle(.tick, at: Self.at(900))) == ["despatches 900 schedule", "prices 900 schedule"])
        #expect(starts(scheduler.handle(.tick, at: Self.at(901))) == [])
        let next = scheduler.handle(.finished(flow: "despatches", .later), at: Self.at(902))
        #expect(starts(next) == ["stock 900 schedule"], "what tries again later is not waited for")
    }

    @Test(arguments: [MisfirePolicy.once, .skip])
    func `H4 after a night's downtime the last slot is made up for, or none, and all others are told`(_ policy: MisfirePolicy) throws {
        var scheduler = Self.scheduler([try Self.job("stock", "every 15m", policy)])

        let actions = scheduler.handle(.tick, at: Self.at(8 * 3600 + 300))

        #expect(starts(actions) == (policy == .once ? ["stock 28800 schedule"] : []))
        #expect(misses(actions) == (policy == .once ? ["stock 31 downtime"] : ["stock 31 downtime", "stock 1 downtime"]))
    }

    @Test func `F100 a job longer than its period runs again at once, and the slots between are told`() throws {
        var scheduler = Self.scheduler([try Self.job("stock")])
        _ = scheduler.handle(.tick, at: Self.at(900))

        let during = [1800, 2700, 3600].flatMap { scheduler.handle(.tick, at: Self.at($0)) }
        let after = scheduler.handle(.finished(flow: "stock", .done), at: Self.at(3700))

        #expect(starts(during) == [])
        #expect(misses(during) == ["stock 1 busy", "stock 1 busy"])
        #expect(starts(after) == ["stock 3600 schedule"])
    }

    @Test func `H6 with one worker whoever waits longest is next, and nobody starves`() throws {
        var scheduler = Self.scheduler(
            [try Self.job("fast", "every 1m"), try Self.job("slow", "every 15m"), try Self.job("rare", "every 1h")], workers: 1)
        var started: [String: Int] = [:]
        var waits: [String: Int64] = [:]
        var now: Int64 = 0
        var running: (flow: String, until: Int64)?
        while now < 86_400 {
            now += 30
            var actions: [Scheduler.Action] = []
            if let current = running, current.until <= now {
                running = nil
                actions += scheduler.handle(.finished(flow: current.flow, .done), at: Self.at(now))
            }
            actions += scheduler.handle(.tick, at: Self.at(now))
            for case .start(let start) in actions {
                #expect(running == nil)
                // Each run takes longer than the fast flow's period.
                running = (start.flow, now + 120)
                started[start.flow, default: 0] += 1
                waits[start.flow] = max(waits[start.flow] ?? 0, Self.at(now).wall.since(start.due).wholeSeconds)
            }
        }

        // The last slot of the day may still wait for its turn.
        #expect([23, 24].contains(started["rare"]))
        #expect([95, 96].contains(started["slow"]))
        #expect((started["fast"] ?? 0) > 500)
        // Three runs of two minutes, and a look every half minute.
        #expect(waits.values.allSatisfy { $0 <= 3 * 150 }, "\(waits)")
    }

    @Test func `what could not end is tried again after one, two, four minutes, and a slot starts it all the same`() throws {
        var scheduler = Self.scheduler([try Self.job("prices", "every 1d")])
        _ = scheduler.handle(.tick, at: Self.at(86_400))
        var now: Int64 = 86_400
        var pauses: [Int64] = []
        for _ in 0..<6 {
            _ = scheduler.handle(.finished(flow: "prices", .later), at: Self.at(now))
            let wake = try #require(scheduler.nextWake(after: Self.at(now)))
            pauses.append(wake.since(Self.at(now).wall).wholeSeconds)
            now += pauses.last ?? 0
            #expect(starts(scheduler.handle(.tick, at: Self.at(now))).first?.hasSuffix("again") == true)
        }

        #expect(pauses == [60, 120, 240, 480, 900, 900])
    }

    @Test func `C303 pauses and number of attempts are the flow's own, and what is left then waits for the next slot`() throws {
        var job = try Self.job("prices", "every 1h")
        job.retries = Retries(first: .seconds(10), longest: .seconds(25), attempts: 3)
        var scheduler = Self.scheduler([job])
        _ = scheduler.handle(.tick, at: Self.at(3600))
        var now: Int64 = 3600
        var pauses: [Int64] = []
        for _ in 0..<4 {
            _ = scheduler.handle(.finished(flow: "prices", .later), at: Self.at(now))
            let wake = try #require(scheduler.nextWake(after: Self.at(now)))
            pauses.append(wake.since(Self.at(now).wall).wholeSeconds)
            now += pauses.last ?? 0
            _ = scheduler.handle(.tick, at: Self.at(now))
        }

        #expect(pauses == [10, 20, 25, 3600 - 55])
    }

    @Test func `F11 after a refused credential the flow rests, and its slots are told as refused`() throws {
        var scheduler = Self.scheduler([try Self.job("stock", "every 5m")])
        _ = scheduler.handle(.tick, at: Self.at(300))
        _ = scheduler.handle(.finished(flow: "stock", .refused), at: Self.at(310))

        let resting = [600, 900].flatMap { scheduler.handle(.tick, at: Self.at($0)) }
        let after = scheduler.handle(.tick, at: Self.at(1215))

        #expect(starts(resting) == [])
        #expect(misses(resting) == ["stock 1 refused", "stock 1 refused"])
        #expect(starts(after) == ["stock 1200 schedule"])
    }

    @Test func `C133 slots in a maintenance window are kept back, and the last is made up for when it ends`() throws {
        let window = Maintenance.Window(.once(Self.at(1000).wall..<Self.at(4000).wall), flows: ["stock"])
        var scheduler = Self.scheduler([try Self.job("stock"), try Self.job("prices", "every 15m", .skip)], Maintenance([window]))
        _ = scheduler.handle(.tick, at: Self.at(900))
        _ = scheduler.handle(.finished(flow: "stock", .done), at: Self.at(901))
        _ = scheduler.handle(.finished(flow: "prices", .done), at: Self.at(901))

        let during = [1800, 2700, 3600].flatMap { scheduler.handle(.tick, at: Self.at($0)) }
        let after = scheduler.handle(.tick, at: Self.at(4000))

        #expect(starts(during).allSatisfy { $0.hasPrefix("prices") })
        #expect(misses(during).filter { $0.hasPrefix("stock") } == ["stock 1 maintenance", "stock 1 maintenance"])
        #expect(starts(after) == ["stock 3600 schedule"])
    }

    @Test func `a dated value starts its flow at its instant, between the slots`() throws {
        var scheduler = Self.scheduler([try Self.job("prices", "every 1d")])
        _ = scheduler.handle(.dated(flow: "prices", Self.at(5000).wall), at: Self.at(0))

        #expect(scheduler.nextWake(after: Self.at(0)) == Self.at(5000).wall)
        #expect(starts(scheduler.handle(.tick, at: Self.at(4999))) == [])
        #expect(starts(scheduler.handle(.tick, at: Self.at(5000))) == ["prices 5000 dated"])
    }

    // MARK: Clocks

    @Test(arguments: [3600, 86_400, 10 * 365 * 86_400] as [Int64])
    func `F95 H5 a clock that is put on misses slots, never runs one twice, and goes on`(_ step: Int64) throws {
        var scheduler = Self.scheduler([try Self.job("stock")])
        _ = scheduler.handle(.tick, at: Self.at(900))
        _ = scheduler.handle(.finished(flow: "stock", .done), at: Self.at(905))

        let jump = scheduler.handle(.tick, at: Self.at(910 + step, uptime: 910))
        _ = scheduler.handle(.finished(flow: "stock", .done), at: Self.at(915 + step, uptime: 915))
        let next = scheduler.handle(.tick, at: Self.at(1800 + step, uptime: 1800))

        #expect(starts(jump).count == 1)
        #expect(misses(jump).count == 1)
        #expect(starts(next).count == 1)
    }

    @Test(arguments: [3600, 86_400, 365 * 86_400] as [Int64])
    func `F95 H5 a clock that is put back is told once, and the flow goes on by the new time`(_ step: Int64) throws {
        var scheduler = Self.scheduler([try Self.job("stock")])
        _ = scheduler.handle(.tick, at: Self.at(900))
        _ = scheduler.handle(.finished(flow: "stock", .done), at: Self.at(905))

        let jump = scheduler.handle(.tick, at: Self.at(910 - step, uptime: 910))
        let wake = scheduler.nextWake(after: Self.at(910 - step, uptime: 910))
        let again = scheduler.handle(.tick, at: Self.at(920 - step, uptime: 920))

        #expect(jump.contains { if case .clockWentBack(let by) = $0 { by >= .seconds(step - 60) } else { false } })
        #expect(starts(jump) == [] && again == [])
        #expect(try #require(wake).since(Self.at(910 - step).wall) <= .seconds(900))
    }

    @Test func `F95 a pause is kept by the clock that only goes forward`() throws {
        var scheduler = Self.scheduler([try Self.job("prices", "every 1d")])
        _ = scheduler.handle(.tick, at: Self.at(86_400))
        _ = scheduler.handle(.finished(flow: "prices", .later), at: Self.at(86_400))

        // The wall clock goes back by half an hour; the minute's pause lasts a minute.
        #expect(starts(scheduler.handle(.tick, at: Self.at(84_600, uptime: 86_459))) == [])
        #expect(starts(scheduler.handle(.tick, at: Self.at(84_601, uptime: 86_460))).count == 1)
    }

    // MARK: Everything at once

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `H4 whatever happens, each slot is started or told as missed, exactly once`(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let jobs = try [Self.job("a", "every 5m"), Self.job("b", "*/7 * * * *", .skip), Self.job("c", "13 */2 * * *")]
        let window = Maintenance.Window(.once(Self.at(20_000).wall..<Self.at(29_000).wall), flows: ["a", "b"])
        var scheduler = Self.scheduler(jobs, workers: Int.random(in: 1...3, using: &random), Maintenance([window]))
        var told: [String: [ClosedRange<UTCInstant>]] = [:]
        var counts: [String: Int] = [:]
        var running: [String] = []
        var now: Int64 = 0
        func note(_ actions: [Scheduler.Action]) {
            for action in actions {
                switch action {
                case .start(let start):
                    #expect(!running.contains(start.flow))
                    running.append(start.flow)
                    guard start.reason == .schedule else { continue }
                    told[start.flow, default: []].append(start.due...start.due)
                    counts[start.flow, default: 0] += 1
                case .missed(let missed):
                    told[missed.flow, default: []].append(missed.first...missed.last)
                    counts[missed.flow, default: 0] += missed.count
                case .clockWentBack: Issue.record("the clock did not go back")
                }
            }
        }
        while now < 100_000 {
            now += Int64.random(in: 1...(Int.random(in: 0..<20, using: &random) == 0 ? 9000 : 400), using: &random)
            if let flow = running.randomElement(using: &random), Bool.random(using: &random) {
                running.removeAll { $0 == flow }
                let ending = [SlotEnding.done, .done, .later, .failed, .refused].randomElement(using: &random) ?? .done
                note(scheduler.handle(.finished(flow: flow, ending), at: Self.at(now)))
            } else {
                note(scheduler.handle(.tick, at: Self.at(now)))
            }
        }
        // Let everything that waits have its turn.
        for _ in 0..<10 {
            for flow in running {
                running.removeAll { $0 == flow }
                note(scheduler.handle(.finished(flow: flow, .done), at: Self.at(now)))
            }
        }

        for job in jobs {
            let slots = job.schedule.slots(after: Self.start, through: Self.at(now).wall)
            let ranges = told[job.flow] ?? []
            #expect(counts[job.flow] == slots.count, "seed \(seed), \(job.flow)")
            #expect(slots.allSatisfy { slot in ranges.count { $0.contains(slot) } == 1 }, "seed \(seed), \(job.flow)")
        }
    }
}
