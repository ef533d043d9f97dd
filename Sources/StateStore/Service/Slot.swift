package import Domain

/// One slot that was started, or several missed ones in a row.
package struct Slot: Hashable, Sendable {
    package enum State: String, Sendable, CaseIterable { case started, ended, missed }

    package var flow: String
    package var due: UTCInstant
    package var reason: String
    /// The last of the missed slots; `due` for a started one.
    package var last: UTCInstant
    package var count: Int
    package var state: State
    package var started: UTCInstant?
    package var ended: UTCInstant?
    package var note: String
}

/// How far a flow's slots are dealt with, and by which schedule.
package struct SlotCursor: Hashable, Sendable {
    package var through: UTCInstant
    package var schedule: String
}
