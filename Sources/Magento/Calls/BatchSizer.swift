import Domain
import Synchronization

/// How many rows to send in one call. Starts with what a slow shop answers in time, grows while calls are quick and rows do not get
/// dearer, shrinks when a call takes too long or the shop names a limit (reliability F71). Never above 1,000: Magento's cost per
/// row rises from there (decision 0057).
package final class BatchSizer: Sendable {
    package struct Policy: Hashable, Sendable {
        package var start = 600
        package var maximum = 1000
        /// A call quicker than this leaves room for more rows.
        package var growBelow: Duration = .seconds(5)
        /// A call slower than this had too many.
        package var shrinkAbove: Duration = .seconds(10)

        package init() {}
    }

    private struct State {
        var rows: Int
        var limit: Int
        /// Nanoseconds, of the cheapest full batch so far.
        var cheapestRow: Int64?
        /// Of the last batch.
        var rowsPerChange = 1.0
    }

    private let policy: Policy
    private let state: Mutex<State>

    package init(_ policy: Policy = Policy()) {
        self.policy = policy
        state = Mutex(State(rows: policy.start, limit: policy.maximum))
    }

    package var rows: Int { state.withLock { $0.rows } }

    /// How many changes make a call of that many rows, if they have as many rows each as those before.
    package var changes: Int { state.withLock { max(1, Int(Double($0.rows) / $0.rowsPerChange)) } }

    package func note(rows: Int, of changes: Int) {
        guard changes > 0, rows > 0 else { return }
        state.withLock { $0.rowsPerChange = max(1, Double(rows) / Double(changes)) }
    }

    /// A call with `count` rows was answered after `duration`, during which the shop worked on `calls` of them.
    package func record(_ count: Int, took duration: Duration, among calls: Int = 1) {
        guard count > 0 else { return }
        state.withLock { state in
            let time = max(1, Int64(duration.wholeMilliseconds) * 1_000_000 / Int64(count))
            let cost = max(1, time / Int64(max(1, calls)))
            if duration > policy.shrinkAbove {
                // Straight to the middle of the target, rather than by halves.
                let target = (policy.growBelow + policy.shrinkAbove) / 2
                let fitting = target.wholeMilliseconds * 1_000_000 / time
                state.rows = max(1, min(state.rows, Int(fitting)))
            } else if duration < policy.growBelow, count >= state.rows, cost <= (state.cheapestRow ?? cost) * 5 / 4 {
                state.rows = min(state.rows * 2, state.limit)
            }
            state.cheapestRow = min(cost, state.cheapestRow ?? cost)
        }
    }

    /// The shop takes at most `maximum` rows. Remembered for good.
    package func limit(to maximum: Int) {
        state.withLock { state in
            state.limit = max(1, min(state.limit, maximum))
            state.rows = min(state.rows, state.limit)
        }
    }
}
