/// Decides which flow runs when. A pure state machine: events in, actions out, no clock of its own.
///
///     idle ── slot or dated value due ──▶ waiting ── a worker is free ──▶ running ── finished ──▶ idle
///       ▲                                                                   │  └─ a slot came meanwhile ─▶ waiting
///       └──────────── later: again after a pause; refused: a long rest ◀────┘
///
/// Whoever waits longest is next, so no flow starves (reliability H6). A slot is started once or reported as missed, never both
/// and never neither (H4).
package struct Scheduler: Sendable {
    package enum Event: Sendable {
        case tick
        case finished(flow: String, SlotEnding)
        /// Values of the flow wait for this moment; `nil`: none do.
        case dated(flow: String, UTCInstant?)
    }

    package enum Action: Hashable, Sendable {
        case start(SlotStart)
        case missed(MissedSlots)
        /// The wall clock went back behind slots that were dealt with already.
        case clockWentBack(by: Duration)
    }

    private enum Phase {
        case idle
        case waiting(SlotStart)
        case running(SlotStart, next: UTCInstant?)
    }

    private struct State {
        var job: Job
        var phase = Phase.idle
        /// Slots up to here are started or missed.
        var through: UTCInstant
        /// A slot that a closure keeps back.
        var kept: UTCInstant?
        var dated: UTCInstant?
        var retryAt: Duration?
        var restUntil: Duration?
        var failures = 0
        /// Its place in the queue.
        var turn = 0
    }

    /// A slot seen later than this was missed, not merely late.
    package static let grace = Duration.seconds(120)
    /// Beyond this, slots of a long absence are not told one by one.
    private static let memory = Duration.seconds(400 * 86_400)

    private var states: [String: State] = [:]
    private var order: [String] = []
    private let workers: Int
    private var maintenance: Maintenance
    private var turns = 0

    /// - Parameters:
    ///   - workers: Maximum number of flows that run at the same time.
    package init(workers: Int, maintenance: Maintenance = Maintenance()) {
        self.workers = max(1, workers)
        self.maintenance = maintenance
    }

    /// Takes a job up. `through`: the last slot that is dealt with already. `recovers`: one was under way when the program ended.
    package mutating func add(_ job: Job, through: UTCInstant, recovering broken: UTCInstant? = nil) {
        if states[job.flow] == nil { order.append(job.flow) }
        var state = State(job: job, through: through)
        if let broken {
            turns += 1
            state.turn = turns
            state.phase = .waiting(SlotStart(flow: job.flow, due: broken, reason: .recovery))
        }
        states[job.flow] = state
    }

    /// New settings: what runs goes on, what is gone starts no more, what is new counts from `now`.
    package mutating func reload(_ jobs: [Job], maintenance: Maintenance, now: UTCInstant) {
        self.maintenance = maintenance
        for flow in order where !jobs.contains(where: { $0.flow == flow }) { states[flow] = nil }
        order = jobs.map(\.flow)
        for job in jobs {
            guard var state = states[job.flow] else {
                states[job.flow] = State(job: job, through: now)
                continue
            }
            if state.job.schedule != job.schedule { state.through = max(state.through, now) }
            state.job = job
            states[job.flow] = state
        }
    }

    /// Other closures from now on, such as a flow that a person holds back.
    package mutating func close(during maintenance: Maintenance) { self.maintenance = maintenance }

    package mutating func handle(_ event: Event, at moment: Moment) -> [Action] {
        var actions: [Action] = []
        switch event {
        case .tick: break
        case .dated(let flow, let due): states[flow]?.dated = due
        case .finished(let flow, let ending): finish(flow, ending, moment, &actions)
        }
        for flow in order {
            guard var state = states[flow] else { continue }
            advance(&state, moment, &actions)
            states[flow] = state
        }
        dispatch(moment, &actions)
        return actions
    }

    package var runningCount: Int { states.values.count { if case .running = $0.phase { true } else { false } } }

    /// The moment of the wall by which `handle` must be called again; `nil` where only an event can change anything.
    package func nextWake(after moment: Moment) -> UTCInstant? {
        order.compactMap { flow -> UTCInstant? in
            guard let state = states[flow] else { return nil }
            let slot = state.job.schedule.next(after: state.through)
            let again = state.retryAt.map { moment.wall.adding(max(.zero, $0 - moment.uptime)) }
            let opening = state.kept.flatMap { _ in maintenance.end(for: flow, at: moment.wall) }
            return [slot, state.dated, again, opening].compactMap { $0 }.min()
        }.min()
    }

    // MARK: One flow

    private mutating func advance(_ state: inout State, _ moment: Moment, _ actions: inout [Action]) {
        let flow = state.job.flow
        let now = moment.wall
        if state.through.since(now) > Self.grace {
            actions.append(.clockWentBack(by: state.through.since(now)))
            state.through = now
        }
        let slots = state.job.schedule.slots(after: max(state.through, now.adding(.zero - Self.memory)), through: now)
        state.through = max(state.through, slots.last ?? state.through)
        func miss(_ slots: [UTCInstant], _ reason: MissedSlots.Reason) {
            if !slots.isEmpty { actions.append(.missed(MissedSlots(flow: flow, slots, reason))) }
        }
        if maintenance.end(for: flow, at: now) != nil {
            guard let last = slots.last else { return }
            miss((state.kept.map { [$0] } ?? []) + slots.dropLast(), .maintenance)
            state.kept = last
            return
        }
        if let rest = state.restUntil {
            guard rest <= moment.uptime else { return miss(slots, .refused) }
            state.restUntil = nil
        }
        if let kept = state.kept {
            state.kept = nil
            if slots.isEmpty, state.job.misfire == .once { demand(kept, .schedule, &state, miss) } else { miss([kept], .maintenance) }
        }
        if let last = slots.last {
            miss(slots.dropLast(), .downtime)
            if state.job.misfire == .skip, now.since(last) > Self.grace {
                miss([last], .downtime)
            } else {
                demand(last, .schedule, &state, miss)
            }
        }
        guard case .idle = state.phase else { return }
        if let dated = state.dated, dated <= now {
            demand(dated, .dated, &state, miss)
        } else if let again = state.retryAt, again <= moment.uptime {
            demand(now, .again, &state, miss)
        }
    }

    private mutating func demand(
        _ due: UTCInstant, _ reason: SlotStart.Reason, _ state: inout State,
        _ miss: (_ slots: [UTCInstant], MissedSlots.Reason) -> Void
    ) {
        let start = SlotStart(flow: state.job.flow, due: due, reason: reason)
        switch state.phase {
        case .idle:
            turns += 1
            state.turn = turns
            state.phase = .waiting(start)
        case .waiting(let earlier):
            // It keeps its place; the slot before is covered by this one.
            if earlier.reason == .schedule { miss([earlier.due], .busy) }
            state.phase = .waiting(earlier.reason == .recovery ? earlier : start)
            if earlier.reason == .recovery { miss([due], .busy) }
        case .running(let current, let next):
            switch state.job.misfire {
            case .once:
                if let next { miss([next], .busy) }
                state.phase = .running(current, next: due)
            case .skip: miss([due], .busy)
            }
        }
    }

    private mutating func finish(_ flow: String, _ ending: SlotEnding, _ moment: Moment, _ actions: inout [Action]) {
        guard var state = states[flow], case .running(_, let next) = state.phase else { return }
        state.phase = .idle
        state.retryAt = nil
        switch ending {
        case .done, .failed, .stopped: state.failures = 0
        case .later:
            state.failures += 1
            state.retryAt = state.job.retries.pause(after: state.failures).map { moment.uptime + $0 }
        case .refused:
            state.failures += 1
            state.restUntil = moment.uptime + Self.rest(after: state.failures)
        }
        if let next, state.restUntil != nil {
            actions.append(.missed(MissedSlots(flow: flow, [next], .refused)))
        } else if let next {
            turns += 1
            state.turn = turns
            state.phase = .waiting(SlotStart(flow: flow, due: next, reason: .schedule))
        }
        states[flow] = state
    }

    private mutating func dispatch(_ moment: Moment, _ actions: inout [Action]) {
        let queue = order.filter { flow in
            guard case .waiting? = states[flow]?.phase else { return false }
            return maintenance.end(for: flow, at: moment.wall) == nil
        }.sorted { (states[$0]?.turn ?? 0) < (states[$1]?.turn ?? 0) }
        var free = max(0, workers - runningCount)
        for flow in queue where free > 0 {
            // Whoever it follows has its turn first; what follows others is followed by nobody, so this always ends.
            guard states[flow]?.job.after.contains(where: { isBusy($0, at: moment) }) != true else { continue }
            free -= 1
            guard case .waiting(let start)? = states[flow]?.phase else { continue }
            states[flow]?.phase = .running(start, next: nil)
            states[flow]?.retryAt = nil
            if start.reason == .dated { states[flow]?.dated = nil }
            actions.append(.start(start))
        }
    }

    private func isBusy(_ flow: String, at moment: Moment) -> Bool {
        switch states[flow]?.phase {
        case .running: true
        case .waiting: maintenance.end(for: flow, at: moment.wall) == nil
        case .idle, nil: false
        }
    }

    /// A quarter of an hour, half an hour, then hourly: an account that counts failures is not locked by us.
    static func rest(after failures: Int) -> Duration {
        .seconds(min(3600, 900 << Int64(min(max(0, failures - 1), 2))))
    }
}
