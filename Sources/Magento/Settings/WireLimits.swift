/// Deadlines and caps of a connection to the shop.
package struct WireLimits: Hashable, Sendable {
    package var connectDeadline: Duration
    /// How long the shop may stay silent in between.
    package var idleDeadline: Duration
    /// How long a call may take from its first byte to the last of its answer.
    package var totalDeadline: Duration
    /// Calls in flight at once.
    package var concurrency: Int
    /// Bytes of an answer.
    package var maximumBody: Int

    package init(
        connectDeadline: Duration = .seconds(10),
        idleDeadline: Duration = .seconds(60),
        totalDeadline: Duration = .seconds(120),
        concurrency: Int = 4,
        maximumBody: Int = 32 << 20
    ) {
        self.connectDeadline = connectDeadline
        self.idleDeadline = idleDeadline
        self.totalDeadline = totalDeadline
        self.concurrency = concurrency
        self.maximumBody = maximumBody
    }
}
