/// How often and how soon a flow is tried again between its slots, where something was left that a later attempt may do.
package struct Retries: Hashable, Sendable {
    /// One, two, four, eight minutes, then every quarter of an hour, until it ends well.
    package static let standard = Retries(first: .seconds(60), longest: .seconds(900))

    package var first: Duration
    /// Each pause is twice the one before, up to this.
    package var longest: Duration
    /// `nil`: until it ends well. Whatever is left after the last one waits for the next slot.
    package var attempts: Int?

    package init(first: Duration, longest: Duration, attempts: Int? = nil) {
        self.first = first
        self.longest = longest
        self.attempts = attempts
    }

    /// `nil`: there is no further attempt.
    func pause(after failures: Int) -> Duration? {
        if let attempts, failures > attempts { return nil }
        var pause = first
        for _ in 1..<max(1, failures) where pause < longest { pause *= 2 }
        return min(pause, longest)
    }
}
