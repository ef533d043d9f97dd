package import Domain
package import StateStore

/// A day or a week in figures, with the one before beside it.
package struct PeriodReport: Hashable, Sendable {
    /// Which flows and entities there are, and what was agreed about them.
    package struct Scope: Hashable, Sendable {
        package var flows: [String]
        package var outbound: [String]
        /// Entities whose records are things that happened.
        package var events: [String]
        /// The entity whose files' way is timed, and the event.
        package var figures: String
        package var despatches: String
        package var targets: Targets

        package init(
            flows: [String], outbound: [String], events: [String], figures: String, despatches: String, targets: Targets = Targets()
        ) {
            self.flows = flows
            self.outbound = outbound
            self.events = events
            self.figures = figures
            self.despatches = despatches
            self.targets = targets
        }
    }

    /// What was agreed, where the settings do not say otherwise.
    package struct Targets: Hashable, Sendable {
        package var orders = Duration.seconds(300)
        package var figures = Duration.seconds(600)
        /// `nil`: no target, the figure is watched.
        package var despatches: Duration?

        package init() {}
    }

    package var period: ReportPeriod
    package var books: PeriodBooks
    package var before: PeriodBooks
    package var orders: [PeriodBooks.OrderLine]
    package var ordersBefore: [PeriodBooks.OrderLine]
    /// The days that were compared with the shop, order by order.
    package var orderDays: [OrderDay]
    /// The latest comparison of each flow and entity within the period or the day after it.
    package var reconciliations: [Reconciliation]
    package var indicators: [Indicator]
    package var openAlarms: [AlarmBook.Entry]

    package init(_ period: ReportPeriod, _ scope: Scope, _ reader: LedgerReader) throws {
        self.period = period
        let (from, to) = (period.start, period.end)
        let earlier = period.before
        books = try reader.books(of: scope.flows, events: scope.events, from: from, to: to)
        before = try reader.books(of: scope.flows, events: scope.events, from: earlier.start, to: earlier.end)
        orders = try scope.outbound.map { try reader.orderBooks(flow: $0, from: from, to: to) }
        ordersBefore = try scope.outbound.map { try reader.orderBooks(flow: $0, from: earlier.start, to: earlier.end) }
        orderDays = try scope.outbound.flatMap { flow in try period.days.compactMap { try reader.orderDay(flow: flow, day: $0) } }
        // The comparison of the night after belongs to the day before it.
        let night = to.adding(.seconds(86_400))
        reconciliations = try scope.flows.flatMap { try reader.latestReconciliations(flow: $0, from: from, to: night) }
        indicators = try Indicators(scope, reader, from: from, to: to).all(books, orders, reconciliations)
        openAlarms = try reader.alarms().filter { $0.opened != nil }
    }

    /// The agreed figures of a period alone: what a line over many days needs, without what the mail has beside them.
    package static func indicators(_ period: ReportPeriod, _ scope: Scope, _ reader: LedgerReader) throws -> [Indicator] {
        let (from, to) = (period.start, period.end)
        let night = to.adding(.seconds(86_400))
        return try Indicators(scope, reader, from: from, to: to).all(
            try reader.books(of: [], events: [], from: from, to: to),
            try scope.outbound.map { try reader.orderBooks(flow: $0, from: from, to: to) },
            try scope.flows.flatMap { try reader.latestReconciliations(flow: $0, from: from, to: night) })
    }

    package var gaps: Int { orderDays.reduce(0) { $0 + $1.gaps.count } }
    package var differences: Int { reconciliations.reduce(0) { $0 + $1.differing + $1.missing } }

    /// What it asks of people.
    package var severity: Severity {
        if openAlarms.contains(where: { $0.severity == .red }) || books.flows.contains(where: { $0.held > 0 }) || gaps > 0 { return .action }
        let isWarned =
            !openAlarms.isEmpty || books.flows.contains { $0.errorsOpen > 0 } || differences > 0
            || indicators.contains { $0.verdict == .missed }
        return isWarned ? .warn : .ok
    }
}
