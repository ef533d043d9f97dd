/// A flow as the scheduler sees it.
package struct Job: Hashable, Sendable {
    package var flow: String
    package var schedule: Schedule
    package var misfire: MisfirePolicy
    /// Flows that go first where they are due too, or under way.
    package var after: Set<String>

    package init(flow: String, schedule: Schedule, misfire: MisfirePolicy = .once, after: Set<String> = []) {
        self.flow = flow
        self.schedule = schedule
        self.misfire = misfire
        self.after = after
    }
}

/// A run that the scheduler starts, and why.
package struct SlotStart: Hashable, Sendable {
    package enum Reason: String, Hashable, Sendable, CaseIterable {
        /// The flow's schedule.
        case schedule
        /// Values with a day of their own are due.
        case dated
        /// An earlier run could not end, and tries again between its slots.
        case again
        /// A slot was under way when the program ended.
        case recovery
    }

    package var flow: String
    package var due: UTCInstant
    package var reason: Reason

    package init(flow: String, due: UTCInstant, reason: Reason) {
        self.flow = flow
        self.due = due
        self.reason = reason
    }
}

/// Slots that were not run, one after another, for one reason.
package struct MissedSlots: Hashable, Sendable {
    package enum Reason: String, Hashable, Sendable, CaseIterable {
        /// Nobody was there to run them.
        case downtime
        /// The run before them was still going on, or no worker was free.
        case busy
        case maintenance
        /// The other side refused our credential; it is not asked at every slot.
        case refused
    }

    package var flow: String
    package var first: UTCInstant
    package var last: UTCInstant
    package var count: Int
    package var reason: Reason

    package init(flow: String, _ slots: [UTCInstant], _ reason: Reason) {
        self.flow = flow
        first = slots.first ?? UTCInstant(milliseconds: 0)
        last = slots.last ?? first
        count = slots.count
        self.reason = reason
    }
}

/// How a started run ended, as far as the scheduler must know.
package enum SlotEnding: String, Hashable, Sendable, CaseIterable {
    case done
    /// Something is left that a later attempt will do.
    case later
    /// A person must act; trying again changes nothing.
    case failed
    /// A credential was refused: trying again may lock the account (fault F11).
    case refused
    /// Stopped in order, to be gone on with.
    case stopped
}
