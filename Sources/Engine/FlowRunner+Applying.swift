import Domain
import Endpoints
import StateStore

extension FlowRunner {
    /// Carries out the plans of a run that nothing holds back, entity by entity, and closes the books as far as they can be closed.
    func apply(
        _ run: Run, of flow: Flow, _ lease: LeaseKeeper, progress: @escaping @Sendable (FlowEvent) -> Void
    ) async throws -> RunReport {
        try await clocked(run) { try await send(run, of: flow, lease, progress: progress) }
    }

    private func send(
        _ run: Run, of flow: Flow, _ lease: LeaseKeeper, progress: @escaping @Sendable (FlowEvent) -> Void
    ) async throws -> RunReport {
        RunClock.current?.enter(.writing)
        let delivery = try run.delivery.flatMap { id in try ledger.read { try $0.delivery(id) } }
        try ledger.write(as: lease) { writer in
            try overtakeSchedules(before: run, of: flow, writer)
            try writer.set(run: run.id, to: .applying, verdict: "being applied", at: timeline.now())
        }
        var waiting: Diagnostic?
        var violation: Violation?
        for entity in flow.entities {
            let name = entity.definition.name
            guard let plan = try plan(of: run, name), plan.state == .sealed || plan.state == .approved else { continue }
            let total = try ledger.read { try $0.tally(run: run.id, entity: name)?[.deferred] ?? 0 }
            let stage = ApplyStage(
                ledger: ledger, run: run, entity: entity, file: delivery.map { ProvenBytes(spool, $0.hash) }, lease: lease,
                timeline: timeline, calls: callBook(of: flow, lease),
                mayBeBlind: plan.state == .approved && plan.findings.contains { $0.gate == Self.blindGate }
            )
            switch try await stage.apply(progress: { progress(.applying(sent: $0, of: total)) }) {
            case .settled: try settle(run, of: flow, entity: name, lease)
            case .waiting(let diagnostic): waiting = diagnostic
            case .blind(let text):
                try ledger.write(as: lease) { writer in
                    try writer.hold(plan: run.id, entity: name, GateFinding(gate: Self.blindGate, text: text))
                }
            case .violated(let views):
                var stopped = run
                stopped.state = .applying
                let undone = try await undo(stopped, of: flow, entities: [name], by: "the guest check", lease, progress: progress)
                violation = Violation(entity: name, views: views, undone: undone)
            }
        }
        try close(run, waiting: waiting, violation, lease)
        var report = try report(on: run.id)
        report.trouble = violation?.diagnostic ?? waiting
        return report
    }

    /// The finding of a plan that was held because the looks between its waves would have seen nothing.
    package static let blindGate = "guest_sees_nothing"

    func callBook(of flow: Flow, _ lease: LeaseKeeper) -> LedgerCallBook {
        LedgerCallBook(ledger: ledger, flow: flow.name, wait: flow.resendAfter, timeline: timeline) { body in
            try ledger.write(as: lease, body)
        }
    }

    /// Looks for second documents of calls that were sent twice. What keeps the shop from telling is answered: the next run looks again.
    func review(_ flow: Flow, _ lease: LeaseKeeper) async throws -> Diagnostic? {
        let book = callBook(of: flow, lease)
        do {
            for entity in flow.entities where try !book.watched(of: entity.definition.name).isEmpty {
                try await entity.applier.review(book)
            }
            return nil
        } catch let diagnostic as Diagnostic {
            return diagnostic
        }
    }

    private func plan(of run: Run, _ entity: String) throws -> Plan? {
        try ledger.read { try $0.plans(run: run.id) }.first { $0.entity == entity }
    }

    /// Everything of the entity that could be sent has its answer: what the file says is the yardstick for the next one.
    private func settle(_ run: Run, of flow: Flow, entity: String, _ lease: LeaseKeeper) throws {
        try ledger.write(as: lease) { writer in
            // A value that is sent once more says nothing new of its key.
            if run.cause != Self.resyncCause { try writer.closeErrors(overtakenBy: run.id, entity: entity) }
            try writer.closeErrors(repeatedIn: run.id, entity: entity)
            if try writer.reader.schedule(run: run.id, entity: entity) == nil {
                try writer.set(plan: run.id, entity: entity, to: .settled)
            }
            try writer.promoteSnapshot(run: run.id, flow: flow.name, entity: entity)
            try Reckoning.accept(run: run.id, flow: flow.name, entity: entity, writer)
            if run.undoes == nil, run.cause != Self.resyncCause, let plan = try writer.reader.plans(run: run.id).first(where: { $0.entity == entity })
            {
                let feeds = plan.summary.feeds.isEmpty ? [""] : plan.summary.feeds
                try writer.setWatermarks(flow: flow.name, entity: entity, feeds: feeds, version: plan.version, now: timeline.now())
            }
        }
    }

    private func close(_ run: Run, waiting: Diagnostic?, _ violation: Violation?, _ lease: LeaseKeeper) throws {
        let now = timeline.now()
        try ledger.write(as: lease) { writer in
            try writer.noteTimes(of: run.id)
            let held = try writer.reader.plans(run: run.id).filter { $0.state == .held }.map(\.entity)
            if let waiting {
                try writer.set(run: run.id, to: .waiting, verdict: waiting.summary, at: now)
            } else if !held.isEmpty {
                let text = "\(held.joined(separator: " and ")) held for a decision: approve or discard; the rest is done"
                try writer.set(run: run.id, to: .held, verdict: text, at: now)
            } else if let schedule = try writer.reader.schedule(run: run.id) {
                let text = "what was due is done; \(schedule.changes) values wait for their day, the next for \(schedule.next)"
                try writer.set(run: run.id, to: .scheduled, verdict: text, at: now)
            } else if let undo = try writer.reader.runs(undoing: run.id).last {
                // Also where the program died between the two: the runs know of each other.
                let text = violation?.verdict ?? "taken back by run \(undo.id)"
                try writer.set(run: run.id, to: .discarded, verdict: text, at: now)
            } else if let again = try renewal(of: run, writer) {
                let text = "done; some values were compared with others that changed meanwhile: the file is planned again as run \(again.id)"
                try writer.set(run: run.id, to: .finished, verdict: text, at: now)
            } else {
                try writer.set(run: run.id, to: .finished, verdict: "done", at: now)
            }
        }
    }

    /// A newer full file knows the later days too: what older ones left waiting is dropped when it is applied, not before,
    /// so that a plan which is held or discarded costs no price its day. A file of the same moment replaces nothing.
    private func overtakeSchedules(before run: Run, of flow: Flow, _ writer: LedgerWriter) throws {
        let plans = try writer.reader.plans(run: run.id)
        guard run.undoes == nil, plans.allSatisfy({ $0.mode == .full }) else { return }
        let now = timeline.now()
        let applied = Set(plans.filter { $0.state == .sealed || $0.state == .approved }.map(\.entity))
        let times = plans.map(\.version)
        for older in try writer.reader.openRuns(flow: flow.name) where older.id < run.id && older.state == .scheduled {
            let isOlder = try writer.reader.plans(run: older.id).contains { plan in times.contains { plan.version < $0 } }
            guard try isOlder && !Self.areOfOneMoment(older, run, flow: flow.name, writer.reader) else { continue }
            for entity in applied {
                try writer.settleRest(of: older.id, entity: entity, as: .superseded, because: "overtaken by run \(run.id)", now: now)
                try writer.set(plan: older.id, entity: entity, to: .settled)
            }
            if try writer.reader.schedule(run: older.id) == nil {
                let text = "done; its later values were overtaken by run \(run.id), a newer file"
                try writer.set(run: older.id, to: .finished, verdict: text, at: now)
            }
        }
    }
}
