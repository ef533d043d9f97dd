package import Domain
package import StateStore

/// Runs flows by their schedules until it is told to stop. Decides nothing itself: `ServiceCore` does.
package struct Service: Sendable {
    /// What comes from outside, by signals.
    package enum Order: Sendable {
        case stop
        case reload
    }

    /// Work beside the flows, one of a kind at a time: alarms, notices, the sign of life to the world.
    package struct PeriodicTask: Sendable {
        package var name: String
        package var every: Duration
        package var trigger: Trigger
        package var work: @Sendable () async -> Void

        package enum Trigger: Sendable {
            case time
            /// Soon after a run has ended or new settings have come, too.
            case timeAndRuns
            /// Soon after another chore is done, as well: what it wrote down leaves with this one.
            case timeRunsAndChores
        }

        package init(
            _ name: String, every: Duration, _ trigger: Trigger = .time, _ work: @escaping @Sendable () async -> Void
        ) {
            self.name = name
            self.every = every
            self.trigger = trigger
            self.work = work
        }
    }

    /// What happened, for a log. The ledger has the record.
    package enum Event: Sendable {
        /// The last service ended without a word, or is out of sight; until its lease runs out nobody can tell.
        case waiting(for: String)
        case started(SlotStart)
        case ended(SlotStart, SlotResult)
        case reloaded(flows: [String])
        case settingsKept(Diagnostic)
        case trouble(Diagnostic)
        case stopping
        /// Flows that did not come to their end within the time for stopping; they are gone on with at the next start.
        case stopped(left: Int)
    }

    package var ledger: Ledger
    package var timeline: Timeline
    package var holder: LeaseHolder
    /// Carries a slot out, to its end or until its task is cancelled. Never throws: whatever happens is a result.
    package var carryOut: @Sendable (SlotStart) async -> SlotResult
    /// Reads the settings anew; throws where they are not to be used.
    package var reload: @Sendable () throws -> ServicePlan
    /// Called while all is well, at every look: a watchdog's food.
    package var alive: @Sendable () -> Void
    /// Asked for at the start, and again when new settings were taken over. The name of a chore is unique.
    package var periodicTasks: @Sendable () -> [PeriodicTask]
    package var tell: @Sendable (Event) -> Void

    package init(
        ledger: Ledger, timeline: Timeline, holder: LeaseHolder,
        carryOut: @escaping @Sendable (SlotStart) async -> SlotResult, reload: @escaping @Sendable () throws -> ServicePlan,
        alive: @escaping @Sendable () -> Void = {}, periodicTasks: @escaping @Sendable () -> [PeriodicTask] = { [] },
        tell: @escaping @Sendable (Event) -> Void
    ) {
        self.ledger = ledger
        self.timeline = timeline
        self.holder = holder
        self.carryOut = carryOut
        self.reload = reload
        self.alive = alive
        self.periodicTasks = periodicTasks
        self.tell = tell
    }

    /// So long a flow may take to stop in order. systemd is told to wait a little longer.
    package static let patience = Duration.seconds(8)
    private static let look = Duration.seconds(1)
    private static let beatEvery = Duration.seconds(15)

    private enum Input: Sendable {
        case look
        case order(Order)
        case finished(SlotStart, SlotResult)
        case choreDone(String)
    }

    private struct State {
        var core: ServiceCore
        var runs: [String: Task<Void, Never>] = [:]
        var periodicTasks: [PeriodicTask]
        var choreTasks: [String: Task<Void, Never>] = [:]
        var choresDue: [String: Duration] = [:]
        var lastBeat: Duration?
        var stopBy: Duration?
    }

    /// Serves until the order to stop. Throws `SERVE-BUSY` where another process serves, and `LEASE-LOST` where one took over.
    package func run(_ plan: ServicePlan, orders: AsyncStream<Order>, ready: @Sendable () -> Void) async throws {
        guard
            let kept = try await holder.take(
                ServiceCore.leaseName, of: ledger, timeline: timeline, waiting: { tell(.waiting(for: $0.holder)) })
        else {
            throw Diagnostic(
                "SERVE-BUSY", "another process serves this ledger", fix: "nothing was done here; stop the other one first, or leave it to it",
                kind: .transient
            )
        }
        // Where the ledger does not take it, the process ends all the same, and with it the lease.
        defer { try? kept.end() }
        var state = State(
            core: try ServiceCore(ledger: ledger, timeline: timeline, lease: kept.lease, plan: plan), periodicTasks: periodicTasks())
        let (inputs, continuation) = AsyncStream<Input>.makeStream()
        let clock = Task { [timeline] in
            while !Task.isCancelled {
                continuation.yield(.look)
                try? await timeline.sleep(Self.look)
            }
        }
        let listener = Task {
            for await order in orders { continuation.yield(.order(order)) }
        }
        defer {
            clock.cancel()
            listener.cancel()
            for task in state.runs.values { task.cancel() }
            for task in state.choreTasks.values { task.cancel() }
        }
        ready()
        for await input in inputs {
            do {
                try take(input, &state, continuation)
            } catch let diagnostic as Diagnostic where diagnostic.code == "LEASE-LOST" {
                throw diagnostic
            } catch let diagnostic as Diagnostic {
                // A ledger that is busy or a full disk: nothing was decided, the next look tries again.
                tell(.trouble(diagnostic))
            }
            if let stopBy = state.stopBy, state.runs.isEmpty || timeline.uptime() >= stopBy {
                try state.core.close()
                tell(.stopped(left: state.runs.count))
                return
            }
        }
    }

    private func take(_ input: Input, _ state: inout State, _ continuation: AsyncStream<Input>.Continuation) throws {
        switch input {
        case .look:
            try tick(&state, continuation)
        case .choreDone(let name):
            state.choreTasks[name] = nil
            for chore in state.periodicTasks where chore.trigger == .timeRunsAndChores && chore.name != name { state.choresDue[chore.name] = nil }
        case .finished(let start, let result):
            state.runs[start.flow] = nil
            tell(.ended(start, result))
            markDue(&state)
            let starts = try state.core.finished(start, result)
            if state.stopBy == nil { begin(starts, &state, continuation) }
        case .order(.stop):
            guard state.stopBy == nil else { return }
            tell(.stopping)
            state.stopBy = timeline.uptime() + Self.patience
            for task in state.runs.values { task.cancel() }
        case .order(.reload):
            markDue(&state)
            do {
                let plan = try reload()
                try state.core.reload(plan)
                try ledger.write(.signs) { try $0.record(reading: .settings, AlarmKey.service, at: timeline.now()) }
                // What is under way ends as it began; the new times count from now.
                state.periodicTasks = periodicTasks()
                state.choresDue = [:]
                tell(.reloaded(flows: plan.jobs.map(\.flow)))
            } catch let diagnostic as Diagnostic where !diagnostic.code.hasPrefix("LEASE-") && !diagnostic.code.hasPrefix("LEDGER-") {
                tell(.settingsKept(diagnostic))
                let text = "\(diagnostic.code): \(diagnostic.summary)"
                try ledger.write(.signs) { try $0.record(reading: .settings, AlarmKey.service, text: text, at: timeline.now()) }
            }
        }
    }

    /// Chores that follow runs are due now.
    private func markDue(_ state: inout State) {
        for chore in state.periodicTasks where chore.trigger != .time { state.choresDue[chore.name] = nil }
    }

    private func tick(_ state: inout State, _ continuation: AsyncStream<Input>.Continuation) throws {
        let uptime = timeline.uptime()
        let isBeat = state.lastBeat.map { uptime - $0 >= Self.beatEvery } ?? true
        if isBeat {
            try state.core.beat()
            state.lastBeat = uptime
            alive()
        }
        guard state.stopBy == nil else { return }
        // Between two beats only a slot that is due is worth the ledger's time.
        if isBeat || state.core.nextWake.map({ $0 <= timeline.now() }) ?? false {
            begin(try state.core.tick(), &state, continuation)
        }
        for chore in state.periodicTasks where state.choreTasks[chore.name] == nil && (state.choresDue[chore.name] ?? uptime) <= uptime {
            state.choresDue[chore.name] = uptime + chore.every
            state.choreTasks[chore.name] = Task {
                await chore.work()
                continuation.yield(.choreDone(chore.name))
            }
        }
    }

    private func begin(_ starts: [SlotStart], _ state: inout State, _ continuation: AsyncStream<Input>.Continuation) {
        let carryOut = carryOut
        for start in starts {
            tell(.started(start))
            state.runs[start.flow] = Task {
                continuation.yield(.finished(start, await carryOut(start)))
            }
        }
    }
}
