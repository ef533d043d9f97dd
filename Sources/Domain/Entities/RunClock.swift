import Synchronization

/// What the time of a run goes into.
package enum RunPhase: String, Hashable, Sendable, CaseIterable {
    /// Its file is read.
    case reading
    /// What it says is compared with what the shop has; nothing is under way to the shop.
    case planning
    /// The shop is asked.
    case asking
    /// The shop is written to.
    case writing
}

/// Counts what the time of one run goes into, for the task that works on it and all of its children. Each moment counts once: for writing
/// while a call that writes is under way, for asking while one that asks is, and otherwise for the phase that was entered last.
package final class RunClock: Sendable {
    @TaskLocal package static var current: RunClock?

    private struct State {
        var phase = RunPhase.planning
        var asking = 0
        var writing = 0
        var since: Duration
        var spent: [RunPhase: Duration] = [:]

        var inForce: RunPhase { writing > 0 ? .writing : asking > 0 ? .asking : phase }

        mutating func pass(to now: Duration) {
            if now > since { spent[inForce, default: .zero] += now - since }
            since = max(since, now)
        }
    }

    package let run: Int64
    private let uptime: @Sendable () -> Duration
    private let state: Mutex<State>

    package init(run: Int64, _ timeline: Timeline) {
        self.run = run
        uptime = timeline.uptime
        state = Mutex(State(since: timeline.uptime()))
    }

    /// The work itself goes on to `phase`.
    package func enter(_ phase: RunPhase) {
        let now = uptime()
        state.withLock { state in
            state.pass(to: now)
            state.phase = phase
        }
    }

    /// A call to the shop begins (`+ 1`) or is over (`- 1`).
    package func count(_ number: Int, writes: Bool) {
        let now = uptime()
        state.withLock { state in
            state.pass(to: now)
            if writes { state.writing += number } else { state.asking += number }
        }
    }

    /// What was counted since it was taken last.
    package func take() -> [RunPhase: Duration] {
        let now = uptime()
        return state.withLock { state in
            state.pass(to: now)
            defer { state.spent = [:] }
            return state.spent
        }
    }
}
