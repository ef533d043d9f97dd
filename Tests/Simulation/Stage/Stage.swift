import Domain
import Foundation
import TestKit

/// Runs several simulated processes so that only one of them moves at any moment, and the order is a function of the seed.
///
/// Each process has a thread of its own, because the program blocks in places where nothing can be suspended (a transaction, a
/// call of a file session). The threads hand one baton around: whoever holds it runs until it crosses a boundary where it is told
/// to yield, or has nothing left to do. Virtual time moves only while nobody can run.
///
/// `@unchecked Sendable`: everything in here is touched by the holder of the baton alone.
final class Stage: @unchecked Sendable {
    private(set) var processes: [SimulatedProcess] = []
    let clock: SimulatedClock
    var random: SeededRandom
    /// The process that a yielding one asks to go next.
    var preferred: SimulatedProcess?
    let director = DispatchSemaphore(value: 0)

    init(seed: UInt64, start: UTCInstant) {
        clock = SimulatedClock(start: start)
        random = SeededRandom(seed: seed)
    }

    func add(_ process: SimulatedProcess) { processes.append(process) }

    var living: [SimulatedProcess] { processes.filter { !$0.isOver } }

    /// Lets the processes run until virtual time reaches `end`, or until none has anything left to do.
    func play(until end: Duration) {
        while true {
            if let next = nextRunnable() {
                next.run()
                if next.isOver { next.finish() }
                continue
            }
            guard let wake = nextWake(), wake <= end else { break }
            clock.advance(to: wake)
            for process in living { process.wakeSleepers(at: clock.uptime) }
        }
        clock.advance(to: end)
    }

    /// Lets everything that is under way come to its end, however long it sleeps. Answers whether it did within `limit`.
    func finish(within limit: Duration) -> Bool {
        let end = clock.uptime + limit
        while !living.isEmpty {
            if let next = nextRunnable() {
                next.run()
                if next.isOver { next.finish() }
                continue
            }
            guard let wake = nextWake(), wake <= end else { return false }
            clock.advance(to: wake)
            for process in living { process.wakeSleepers(at: clock.uptime) }
        }
        return true
    }

    private func nextRunnable() -> SimulatedProcess? {
        let runnable = processes.filter { !$0.isOver && $0.isRunnable(at: clock.uptime) }
        defer { preferred = nil }
        if let preferred, runnable.contains(where: { $0 === preferred }) { return preferred }
        return runnable.first
    }

    private func nextWake() -> Duration? { living.compactMap(\.nextWake).min() }
}

/// True time, as nobody in the simulated world sees it: processes have clocks that may be wrong.
///
/// `@unchecked Sendable`: touched by the holder of the baton alone.
final class SimulatedClock: @unchecked Sendable {
    private let start: UTCInstant
    private(set) var uptime: Duration = .seconds(1000)
    /// How far the machine's wall clock is off.
    var machineError: Duration = .zero

    init(start: UTCInstant) { self.start = start }

    /// What a correct clock shows.
    var truth: UTCInstant { start.adding(uptime - .seconds(1000)) }
    var seconds: Int64 { truth.milliseconds / 1000 }

    func advance(to moment: Duration) { uptime = max(uptime, moment) }
}
