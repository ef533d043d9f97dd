import Domain
import Synchronization

/// How many calls of one route are in flight at one time: as many as make the shop right soonest (decision 0111).
///
/// Begins with two. One more is tried while that gets more rows done in a second; what gained nothing is taken back and tried again later,
/// each time after a longer while. A refusal that comes of too many calls (429, 5xx, a deadlock) halves the number, and that many are not
/// tried again for a few hundred calls.
package final class FlightControl: Sendable {
    package struct Policy: Hashable, Sendable {
        package var start = 2
        package var maximum = 4
        /// So much more has to be done per second for one more call to be worth it.
        package var gain = 1.03
        /// Calls for which a number that gained nothing, and one that was refused, is left alone the first time.
        package var patience = 40
        package var penalty = 256

        package init() {}

        package init(maximum: Int) {
            self.maximum = max(1, maximum)
            start = min(2, self.maximum)
        }
    }

    /// A call that is under way.
    package struct Flight: Sendable {
        fileprivate var generation: Int
        /// How many were under way with it when it began, itself included.
        package fileprivate(set) var together: Int
    }

    private struct Level {
        /// Rows per second, newest windows most.
        var rate: Double?
        /// Not tried before so many calls were answered in all.
        var heldUntil = 0
        var timesHeld = 0
    }

    private struct State {
        var level: Int
        var levels: [Int: Level] = [:]
        var inFlight = 0
        var answered = 0
        /// Counts the changes of the number; what was begun before the last one says nothing of the present one.
        var generation = 0
        var isCalm = true
        var window: [Double] = []
    }

    private let policy: Policy
    private let bound: @Sendable () -> Int
    private let state: Mutex<State>

    /// - Parameter bound: what the number must not exceed now, whatever the shop bears.
    package init(_ policy: Policy = Policy(), bound: @escaping @Sendable () -> Int = { .max }) {
        self.policy = policy
        self.bound = bound
        state = Mutex(State(level: max(1, min(policy.start, policy.maximum))))
    }

    /// How many calls may be in flight now.
    package var calls: Int { max(1, min(state.withLock { $0.level }, bound())) }

    package func begin() -> Flight {
        state.withLock { state in
            state.inFlight += 1
            return Flight(generation: state.generation, together: state.inFlight)
        }
    }

    /// The call was answered, `rows` of it done after `duration`; none where it failed.
    package func end(_ flight: Flight, rows: Int, took duration: Duration) {
        let ceiling = min(policy.maximum, bound())
        state.withLock { state in
            // It had so many beside it at one end of its time or at the other.
            let together = max(flight.together, state.inFlight)
            state.inFlight -= 1
            guard rows > 0 else { return }
            state.answered += 1
            if state.level > ceiling { move(&state, to: max(1, ceiling)) }
            guard flight.generation == state.generation else { return }
            state.isCalm = true
            guard together >= state.level else { return }
            state.window.append(Double(rows * together) / max(duration / .seconds(1), 1e-6))
            guard state.window.count > state.level else { return }
            judge(&state, ceiling: ceiling)
        }
    }

    /// The shop refused a call because it has too much to do. Several of one moment count once.
    package func noteBusy() {
        state.withLock { state in
            guard state.isCalm else { return }
            state.isCalm = false
            if state.level > 1 { hold(&state, state.level, for: policy.penalty) }
            move(&state, to: max(1, state.level / 2))
        }
    }

    /// A window of calls at the present number is over.
    private func judge(_ state: inout State, ceiling: Int) {
        let seen = state.window.reduce(0, +) / Double(state.window.count)
        state.window = []
        let level = state.level
        let rate = state.levels[level]?.rate.map { ($0 + seen) / 2 } ?? seen
        state.levels[level, default: Level()].rate = rate
        if level > 1, let below = state.levels[level - 1]?.rate, rate < below * policy.gain {
            hold(&state, level, for: policy.patience)
            return move(&state, to: level - 1)
        }
        if level < ceiling, isFree(state, level + 1) { return move(&state, to: level + 1) }
        // Whether fewer do as much is worth a look only once there was time to find out about more.
        if level > 1, state.levels[level - 1]?.rate == nil, state.answered >= policy.patience { move(&state, to: level - 1) }
    }

    private func isFree(_ state: State, _ level: Int) -> Bool { state.answered >= state.levels[level]?.heldUntil ?? 0 }

    private func hold(_ state: inout State, _ level: Int, for calls: Int) {
        var held = state.levels[level] ?? Level()
        held.heldUntil = state.answered + calls << min(held.timesHeld, 5)
        held.timesHeld += 1
        state.levels[level] = held
    }

    private func move(_ state: inout State, to level: Int) {
        state.level = level
        state.generation += 1
        state.window = []
    }
}
