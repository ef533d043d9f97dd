package import Domain
package import StateStore

/// The scheduler with its memory: every decision is in the ledger before anything is started.
///
/// One process holds the service at a time. It proves that in each transaction, so that a process that was paused and
/// overtaken starts nothing more (reliability H1, F90, F100).
package struct ServiceCore {
    /// No flow can bear this name: the settings would need quotes for it.
    package static let leaseName = "(serve)"

    private let ledger: Ledger
    private let timeline: Timeline
    private let lease: LeaseKeeper
    private var plan: ServicePlan
    private var scheduler: Scheduler
    /// Ends that could not be written down yet.
    private var unwritten: [(start: SlotStart, result: SlotResult)] = []
    /// Dated values that a run was started for, so that one which cannot be sent is not tried without a pause.
    /// Flows that people hold back, as they were when the scheduler was told.
    private var pauses: [FlowPause] = []
    private var triedDates: [String: (due: UTCInstant, at: Duration)] = [:]

    /// Takes the service up: slots that were under way when the last process ended are looked after at once.
    package init(ledger: Ledger, timeline: Timeline, lease: LeaseKeeper, plan: ServicePlan) throws {
        self.ledger = ledger
        self.timeline = timeline
        self.lease = lease
        self.plan = plan
        let now = timeline.now()
        var scheduler = Scheduler(workers: plan.workers, maintenance: plan.maintenance)
        try ledger.write(as: lease) { writer in
            let broken = Dictionary(try writer.endBroken(at: now).map { ($0.flow, $0.due) }) { max($0, $1) }
            for job in plan.jobs {
                scheduler.add(job, through: try Self.cursor(of: job, writer, now), recovering: broken[job.flow])
            }
        }
        self.scheduler = scheduler
    }

    /// Where a flow's slots go on: after those that are written down; from now on where its schedule is new.
    private static func cursor(of job: Job, _ writer: LedgerWriter, _ now: UTCInstant) throws -> UTCInstant {
        if let cursor = try writer.reader.cursor(flow: job.flow), cursor.schedule == job.schedule.text { return cursor.through }
        try writer.setCursor(flow: job.flow, schedule: job.schedule.text, through: now)
        return now
    }

    // MARK: Events

    /// To be called at `nextWake` at the latest. Answers what is to be started.
    package mutating func tick() throws -> [SlotStart] {
        try writeEnds()
        try heedPauses()
        var starts: [SlotStart] = []
        for job in plan.jobs {
            let due = try ledger.read { try $0.nextDated(flow: job.flow) }
            starts += try handle(.dated(flow: job.flow, due.map { patient($0, job.flow) }))
        }
        return try starts + handle(.tick)
    }

    package mutating func finished(_ start: SlotStart, _ result: SlotResult) throws -> [SlotStart] {
        unwritten.append((start, result))
        // The ledger may be busy: the scheduler goes on, and the end is written with the next tick.
        let starts = try handle(.finished(flow: start.flow, result.ending))
        try? writeEnds()
        return starts
    }

    package mutating func reload(_ plan: ServicePlan) throws {
        let now = timeline.now()
        try ledger.write(as: lease) { writer in
            for job in plan.jobs { _ = try Self.cursor(of: job, writer, now) }
        }
        scheduler.reload(plan.jobs, maintenance: plan.maintenance, now: now)
        self.plan = plan
        pauses = []
        try heedPauses()
    }

    private mutating func heedPauses() throws {
        let present = try ledger.read { try $0.pauses() }
        guard present != pauses else { return }
        pauses = present
        scheduler.close(during: Maintenance(plan.maintenance.windows + present.map(\.window)))
    }

    /// A sign of life, and the proof that the service is still ours. Throws `LEASE-LOST` where it is not.
    package func beat() throws {
        try ledger.write(as: lease) { writer in
            try writer.record(reading: .heartbeat, AlarmKey.service, value: 1, at: timeline.now())
        }
    }

    /// Ends the service in order. The lease is the caller's to give back.
    package mutating func close() throws {
        try writeEnds()
        try ledger.write(as: lease) { writer in
            try writer.record(reading: .heartbeat, AlarmKey.service, value: 0, at: timeline.now())
        }
    }

    package var nextWake: UTCInstant? { scheduler.nextWake(after: timeline.moment) }
    package var runningCount: Int { scheduler.runningCount }

    // MARK: Decisions

    private mutating func handle(_ event: Scheduler.Event) throws -> [SlotStart] {
        var starts: [SlotStart] = []
        var events = [event]
        while let event = events.popLast() {
            // Decided on a copy: what could not be written down was not decided.
            var next = scheduler
            let actions = next.handle(event, at: timeline.moment)
            let (started, known) = try write(actions)
            scheduler = next
            for start in started where start.reason == .dated { triedDates[start.flow] = (start.due, timeline.uptime()) }
            starts += started
            // The clock went back: the slot was run already.
            events += known.map { .finished(flow: $0.flow, .done) }
        }
        return starts
    }

    private func write(_ actions: [Scheduler.Action]) throws -> (started: [SlotStart], known: [SlotStart]) {
        guard !actions.isEmpty else { return ([], []) }
        let now = timeline.now()
        return try ledger.write(as: lease) { writer in
            var started: [SlotStart] = []
            var known: [SlotStart] = []
            for action in actions {
                switch action {
                case .start(let start):
                    if try writer.start(start, at: now) { started.append(start) } else { known.append(start) }
                case .missed(let missed): try writer.miss(missed)
                case .clockWentBack(let step):
                    try writer.lowerCursors(to: now)
                    try writer.record(reading: .clockBack, AlarmKey.service, value: step.wholeMilliseconds, at: now)
                }
            }
            return (started, known)
        }
    }

    private mutating func writeEnds() throws {
        guard !unwritten.isEmpty else { return }
        let now = timeline.now()
        try ledger.write(as: lease) { writer in
            for (start, result) in unwritten { try writer.end(start, note: result.note, at: now) }
        }
        unwritten = []
    }

    /// The same dated value is tried once a minute at most.
    private func patient(_ due: UTCInstant, _ flow: String) -> UTCInstant {
        guard let tried = triedDates[flow], due <= tried.due, timeline.uptime() - tried.at < .seconds(60) else { return due }
        return max(due, timeline.now().adding(.seconds(60)))
    }
}
