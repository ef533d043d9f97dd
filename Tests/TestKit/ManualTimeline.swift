package import Domain
import Synchronization

/// Clocks that only the test moves. Hand `timeline` to the code under test.
package final class ManualTimeline: Sendable {
    package enum Sleeping: Sendable {
        /// Whoever sleeps moves the clocks itself and goes on at once.
        case advancesClock
        /// Whoever sleeps waits until `advance(by:)` passes its moment.
        case waitsForAdvance
    }

    private struct Sleeper {
        var id: Int
        var until: Duration
        var wake: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now: UTCInstant
        var uptime: Duration
        var boot = "boot-1"
        var slept: [Duration] = []
        var sleepers: [Sleeper] = []
        var cancelled: Set<Int> = []
        var nextSleeper = 0
        var random: SeededRandom
    }

    private let state: Mutex<State>
    private let sleeping: Sleeping

    package init(
        now: UTCInstant = UTCInstant(seconds: 1_795_230_000),
        uptime: Duration = .seconds(1000),
        sleeping: Sleeping = .advancesClock,
        seed: UInt64 = 1
    ) {
        state = Mutex(State(now: now, uptime: uptime, random: SeededRandom(seed: seed)))
        self.sleeping = sleeping
    }

    package var timeline: Timeline {
        Timeline(
            now: { self.state.withLock { $0.now } },
            uptime: { self.state.withLock { $0.uptime } },
            boot: { self.state.withLock { $0.boot } },
            sleep: { try await self.sleep($0) },
            randomBytes: { count in self.state.withLock { $0.random.bytes(count) } }
        )
    }

    /// Every sleep asked for so far, in order.
    package var slept: [Duration] { state.withLock { $0.slept } }
    package var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    /// Moves both clocks and wakes who is due.
    package func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.now = state.now.adding(duration)
            state.uptime += duration
            let uptime = state.uptime
            let due = state.sleepers.filter { $0.until <= uptime }
            state.sleepers.removeAll { $0.until <= uptime }
            return due
        }
        for sleeper in due { sleeper.wake.resume() }
    }

    /// Sets the wall clock alone, as an administrator or NTP would.
    package func setWallClock(_ now: UTCInstant) { state.withLock { $0.now = now } }

    /// The machine starts anew, or another one takes over: its clock that only goes forward begins somewhere else.
    package func reboot(as boot: String, uptime: Duration) {
        state.withLock { state in
            state.boot = boot
            state.uptime = uptime
        }
    }

    private func sleep(_ duration: Duration) async throws {
        try Task.checkCancellation()
        state.withLock { $0.slept.append(duration) }
        switch sleeping {
        case .advancesClock: advance(by: duration)
        case .waitsForAdvance: try await waitForAdvance(duration)
        }
    }

    private func waitForAdvance(_ duration: Duration) async throws {
        let id = state.withLock { state in
            state.nextSleeper += 1
            return state.nextSleeper
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isCancelled = state.withLock { state in
                    if state.cancelled.remove(id) != nil { return true }
                    state.sleepers.append(Sleeper(id: id, until: state.uptime + duration, wake: continuation))
                    return false
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            let sleeper = state.withLock { state -> Sleeper? in
                guard let index = state.sleepers.firstIndex(where: { $0.id == id }) else {
                    state.cancelled.insert(id)
                    return nil
                }
                return state.sleepers.remove(at: index)
            }
            sleeper?.wake.resume(throwing: CancellationError())
        }
    }
}
