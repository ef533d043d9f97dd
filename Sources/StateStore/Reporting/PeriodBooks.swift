package import Domain

/// What the books say of a span of time, flow by flow. Everything is a count or a sum: no product, no person.
package struct PeriodBooks: Hashable, Sendable {
    /// One entity of one flow: the sum of its runs' tallies, which balances because each of them does.
    package struct Line: Hashable, Sendable {
        package var flow: String
        package var entity: String
        package var tally: Tally
    }

    /// What a flow did, and how it stands at the end of the span.
    package struct FlowLine: Hashable, Sendable {
        package var flow: String
        package var runs = 0
        package var failedRuns = 0
        /// Files taken in, and files of ours that came to stand in the ERP's folder.
        package var filesIn = 0
        package var filesOut = 0
        package var filesSetAside = 0
        package var held = 0
        package var errorsOpened = 0
        package var errorsClosed = 0
        package var errorsOpen = 0
        /// Since when the oldest open one has waited.
        package var oldestError: UTCInstant?
        package var lastSuccess: UTCInstant?

        package init(flow: String) { self.flow = flow }
    }

    /// One flow of orders.
    package struct OrderLine: Hashable, Sendable {
        package var flow: String
        package var exported = CountedSum()
        package var acknowledged = CountedSum()
        package var refused = CountedSum()
        /// Confirmed without a number of the ERP's.
        package var unnumbered = 0
        /// Sent, and not confirmed at the end of the span.
        package var unanswered = 0
        /// Numbers of orders that are sent and unanswered or confirmed without a number, the first few.
        package var missing: [String] = []
        /// Not yet sent: the number of the one that waits longest, and since when.
        package var oldestDue: UTCInstant?

        package init(flow: String) { self.flow = flow }
    }

    /// Despatches, invoices, credit notes and the like that the shop took.
    package struct EventLine: Hashable, Sendable {
        package var flow: String
        package var entity: String
        package var count: Int
    }

    package var lines: [Line] = []
    package var flows: [FlowLine] = []
    package var orders: [OrderLine] = []
    package var events: [EventLine] = []
    /// Notices by what they told: causes that began, and that ended.
    package var alarmsOpened: [AlarmKey] = []
    package var alarmsRecovered = 0
    /// Records and files that were recognised as known and not done again.
    package var duplicatesPrevented = 0

    package var tally: Tally { lines.reduce(Tally()) { $0 + $1.tally } }
}

/// So many, and so much in all.
package struct CountedSum: Hashable, Sendable {
    package var count = 0
    package var sum = ExactDecimal.zero

    package init(count: Int = 0, sum: ExactDecimal = .zero) {
        self.count = count
        self.sum = sum
    }

    /// Sums of money of a day are far below the limit of the number; one beyond it stays what it was.
    package mutating func add(_ amount: ExactDecimal) {
        count += 1
        sum = sum.adding(amount) ?? sum
    }
}
