import Domain

/// How long to wait before the next attempt: doubling, with chance, so that many clients do not come back together.
package struct Backoff: Hashable, Sendable {
    package var attempts: Int
    package var first: Duration
    package var longest: Duration

    package init(attempts: Int = 4, first: Duration = .seconds(1), longest: Duration = .seconds(30)) {
        self.attempts = attempts
        self.first = first
        self.longest = longest
    }

    /// The wait after the `attempt`-th failure, counted from 1. `chance` in 0…255 takes it from half to the whole.
    package func wait(after attempt: Int, chance: UInt8) -> Duration {
        var whole = first
        for _ in 1..<max(attempt, 1) where whole < longest { whole *= 2 }
        whole = min(whole, longest)
        return whole / 2 + whole / 2 * Int(chance) / 255
    }
}
