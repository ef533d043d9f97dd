/// Which changes of a plan go to the shop first (decision 0160).
package enum ChangeUrgency: Int64, Hashable, Sendable, CaseIterable {
    /// It ends a sale: what could be bought cannot be any more. Each second that it is late may be sold twice.
    case ending
    /// The value was another one not long ago: it moves fast.
    case moving
    case usual

    /// How long ago a value was told that still counts as moving: yesterday's file, also where it came early or today's comes late.
    package static let memory = Duration.seconds(36 * 3600)

    package init(wasAvailable: Bool, isAvailable: Bool, told last: UTCInstant?, now: UTCInstant) {
        if wasAvailable, !isAvailable {
            self = .ending
        } else if let last, now.since(last) <= Self.memory {
            self = .moving
        } else {
            self = .usual
        }
    }
}
