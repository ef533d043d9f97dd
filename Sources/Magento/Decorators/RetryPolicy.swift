import Domain

/// When a refused call is worth another try, and how long to wait for it.
package struct RetryPolicy: Hashable, Sendable {
    /// All tries, the first included.
    package var tries: Int
    package var firstPause: Duration
    package var longestPause: Duration
    /// The longest `Retry-After` that is waited for; a longer one leaves the call to a later run.
    package var longestRetryAfter: Duration

    package init(
        tries: Int = 4,
        firstPause: Duration = .seconds(1),
        longestPause: Duration = .seconds(30),
        longestRetryAfter: Duration = .seconds(120)
    ) {
        self.tries = tries
        self.firstPause = firstPause
        self.longestPause = longestPause
        self.longestRetryAfter = longestRetryAfter
    }

    /// The pause before try `number` (2, 3, …), or `nil` where there is none. Only calls that certainly did nothing are
    /// tried again here; an unknown effect is for whoever can look. A batch's own fault is for whoever can split it, and
    /// maintenance lasts longer than any pause within a call.
    package func pause(before number: Int, after refusal: Refusal, jitter: Double) -> Duration? {
        guard number <= tries, !refusal.concernsBatch, refusal.reason != .maintenance else { return nil }
        if case .workLost = refusal.reason { return nil }
        switch refusal.kind {
        case .permanent, .unauthorised, .ambiguous: return nil
        case .throttled(let retryAfter?): return retryAfter <= longestRetryAfter ? max(retryAfter, .milliseconds(100)) : nil
        case .throttled(nil), .transient:
            let doubled = firstPause * Double(1 << min(number - 2, 16))
            return min(doubled, longestPause) * (0.5 + jitter / 2)
        }
    }
}
