/// What became of one record. Every record of every accepted file has exactly one (reliability A1).
package enum Outcome: String, Sendable, CaseIterable, Hashable {
    /// Magento holds the value, with evidence.
    case applied
    /// Magento held it already; nothing was sent.
    case unchanged
    /// The very same content was applied before and nothing else since.
    case duplicate
    /// A newer value for the same key exists, in this file or a later one.
    case superseded
    /// Not taken, with a reason; the record waits in the error queue.
    case rejected
    /// Not settled yet: held, waiting, or its effect unknown. The only outcome that may still change.
    case deferred

    package var isTerminal: Bool { self != .deferred }
}
