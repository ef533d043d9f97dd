import Foundation

/// Time, chance and identity, handed in so that tests own them. `Date()`, `UUID()` and random numbers appear nowhere else.
package struct Timeline: Sendable {
    /// The wall clock: for stamps and schedules, never for durations.
    package var now: @Sendable () -> UTCInstant
    /// A clock that only goes forward: for durations, deadlines and leases (reliability H5).
    package var uptime: @Sendable () -> Duration
    package var sleep: @Sendable (Duration) async throws -> Void
    /// Unpredictable bytes, for nonces and temporary names.
    package var randomBytes: @Sendable (_ count: Int) -> [UInt8]

    package init(
        now: @escaping @Sendable () -> UTCInstant,
        uptime: @escaping @Sendable () -> Duration,
        sleep: @escaping @Sendable (Duration) async throws -> Void,
        randomBytes: @escaping @Sendable (Int) -> [UInt8]
    ) {
        self.now = now
        self.uptime = uptime
        self.sleep = sleep
        self.randomBytes = randomBytes
    }

    /// Lower-case hex of `byteCount` unpredictable bytes.
    package func randomHex(byteCount: Int) -> String { Hex.string(randomBytes(byteCount)) }

    /// The machine's own clocks and generator. Only the composition root and the benchmark name it.
    package static let system = Timeline(
        now: { UTCInstant(milliseconds: Int64((Date().timeIntervalSince1970 * 1000).rounded(.down))) },
        // Since the machine's start, also while it is suspended: a lease runs out meanwhile.
        uptime: { .milliseconds(ContinuousClock().systemEpoch.duration(to: .now).wholeMilliseconds) },
        sleep: { try await Task.sleep(for: $0) },
        randomBytes: { count in
            var generator = SystemRandomNumberGenerator()
            return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        }
    )
}
