package import Domain
package import StateStore

/// What is watched: the settings as the judge needs them.
package struct WatchPlan: Sendable {
    package struct WatchedFlow: Sendable {
        package var name: String
        package var endpoint: String?
        package var schedule: Schedule?
        package var expectation: FileExpectation?
        /// How old the data may be by the time inside the file, in open time.
        package var age: Duration?
        /// How long something of it may be undone, counted in the hours of the deadline; `nil` where the settings do not say.
        package var deadline: FileExpectation?
        /// Whether each of its records is something that happened, and has an effect or has none.
        package var carriesEvents = false

        package init(
            name: String, endpoint: String? = nil, schedule: Schedule? = nil, expectation: FileExpectation? = nil,
            age: Duration? = nil, deadline: FileExpectation? = nil, carriesEvents: Bool = false
        ) {
            self.name = name
            self.endpoint = endpoint
            self.schedule = schedule
            self.expectation = expectation
            self.age = age
            self.deadline = deadline
            self.carriesEvents = carriesEvents
        }
    }

    package struct Credential: Hashable, Sendable {
        package var name: String
        package var expires: CivilDate

        package init(name: String, expires: CivilDate) {
            self.name = name
            self.expires = expires
        }
    }

    package var flows: [WatchedFlow]
    package var limits: AlarmLimits
    package var maintenance: Maintenance
    package var holidays: [HolidayList]
    package var credentials: [Credential]
    package var zone: ZoneTable
    /// Whether somebody is to be told at all; then a notice that stays undelivered is trouble of its own.
    package var notices: NoticePolicy
    /// Whether a backup a day is asked for.
    package var backsUp = false
    /// What waits to leave for the ERP, and what it has not confirmed.
    package var outbound: @Sendable (LedgerReader, UTCInstant) throws -> [OutboundSigns]

    package enum NoticePolicy: Sendable { case shown, delivered }

    package init(
        flows: [WatchedFlow], limits: AlarmLimits = AlarmLimits(), maintenance: Maintenance = Maintenance(),
        holidays: [HolidayList] = [], credentials: [Credential] = [], zone: ZoneTable = .utc, notices: NoticePolicy = .shown,
        outbound: @escaping @Sendable (LedgerReader, UTCInstant) throws -> [OutboundSigns] = { _, _ in [] }
    ) {
        self.flows = flows
        self.limits = limits
        self.maintenance = maintenance
        self.holidays = holidays
        self.credentials = credentials
        self.zone = zone
        self.notices = notices
        self.outbound = outbound
    }
}

extension WatchPlan {
    /// What cannot come because a person holds the flow back is not missed.
    package func heeding(_ pauses: [FlowPause]) -> WatchPlan {
        var plan = self
        plan.maintenance.windows += pauses.map(\.window)
        return plan
    }
}

/// How one flow of orders stands.
package struct OutboundSigns: Hashable, Sendable {
    package var flow: String
    /// The order that has waited longest.
    package var oldest: Oldest?
    /// How long an order may wait, in the hours of the expectation.
    package var limit: FileExpectation
    /// Files of orders whose confirmation is overdue: the name, and since when.
    package var overdue: [Overdue]

    package struct Oldest: Hashable, Sendable {
        package var number: String
        package var since: UTCInstant

        package init(number: String, since: UTCInstant) {
            self.number = number
            self.since = since
        }
    }

    package struct Overdue: Hashable, Sendable {
        package var name: String
        package var since: UTCInstant

        package init(name: String, since: UTCInstant) {
            self.name = name
            self.since = since
        }
    }

    package init(flow: String, oldest: Oldest?, limit: FileExpectation, overdue: [Overdue] = []) {
        self.flow = flow
        self.limit = limit
        self.overdue = overdue
        self.oldest = oldest
    }
}
