import Foundation

/// Time, chance and identity, handed in so that tests own them. `Date()`, `UUID()` and random numbers appear nowhere else.
package struct Timeline: Sendable {
    /// The wall clock: for stamps and schedules, never for durations.
    package var now: @Sendable () -> UTCInstant
    /// A clock that only goes forward: for durations, deadlines and leases (reliability H5).
    package var uptime: @Sendable () -> Duration
    /// Which start of which machine `uptime` counts from: values of `uptime` are compared within one boot only.
    package var boot: @Sendable () -> String
    package var sleep: @Sendable (Duration) async throws -> Void
    /// Unpredictable bytes, for nonces and temporary names.
    package var randomBytes: @Sendable (_ count: Int) -> [UInt8]

    package init(
        now: @escaping @Sendable () -> UTCInstant,
        uptime: @escaping @Sendable () -> Duration,
        boot: @escaping @Sendable () -> String = { "" },
        sleep: @escaping @Sendable (Duration) async throws -> Void,
        randomBytes: @escaping @Sendable (Int) -> [UInt8]
    ) {
        self.now = now
        self.uptime = uptime
        self.boot = boot
        self.sleep = sleep
        self.randomBytes = randomBytes
    }

    /// Lower-case hex of `byteCount` unpredictable bytes.
    package func randomHex(byteCount: Int) -> String { Hex.string(randomBytes(byteCount)) }

    /// A container may have a time of its own to count from.
    private static let bootOfThisMachine: String = {
        let text = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
        let time = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/time")
        return "\(text.map { String($0.prefix { $0 != "\n" }) } ?? "") \(time ?? "")"
    }()

    /// The machine's own clocks and generator. Only the composition root and the benchmark name it.
    package static let system = Timeline(
        now: { UTCInstant(milliseconds: Int64((Date().timeIntervalSince1970 * 1000).rounded(.down))) },
        // Since the machine's start, also while it is suspended: a lease runs out meanwhile.
        uptime: { .milliseconds(ContinuousClock().systemEpoch.duration(to: .now).wholeMilliseconds) },
        boot: { bootOfThisMachine },
        sleep: { try await Task.sleep(for: $0) },
        randomBytes: { count in
            var generator = SystemRandomNumberGenerator()
            return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        }
    )
}
