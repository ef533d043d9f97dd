import Domain
import Endpoints
import StateStore

extension FlowRunner {
    /// After this many attempts that ended without an end, a file is set aside and the rest of the work goes on (reliability B9).
    static let maximumAttempts = 3

    func process(
        _ taken: IntakeStage.ClaimedFile, of flow: Flow, cause: String, _ lease: LeaseKeeper,
        progress: @escaping @Sendable (FlowEvent) -> Void
    ) async throws -> RunReport {
        // Written down only where there is a suspicion: with one file in hand at a time, the next end tells which one it is.
        if taken.isSuspect { try ledger.write(as: lease) { try $0.takeInHand(drop: taken.drop.id) } }
        do {
            try taken.delivery.claim?.check(hash: taken.delivery.hash)
        } catch let diagnostic as Diagnostic {
            return try fail(try start(taken.delivery, taken.drop, of: flow, cause: cause, lease), diagnostic, of: flow, lease)
        }
        return try await process(taken.delivery, taken.drop, of: flow, cause: cause, lease, progress: progress)
    }

    func process(
        _ delivery: Delivery, _ drop: FileDrop?, of flow: Flow, cause: String, _ lease: LeaseKeeper,
        progress: @escaping @Sendable (FlowEvent) -> Void
    ) async throws -> RunReport {
        if try await !hasMoved(since: delivery, flow, lease),
            let duplicate = try noteDuplicate(delivery, drop, of: flow, cause: cause, lease)
        {
            return duplicate
        }
        let run = try start(delivery, drop, of: flow, cause: cause, lease)
        return try await plan(run, delivery, of: flow, lease, progress: progress)
    }

    /// Whether the shop has moved values by itself since the same content was applied last; the file then says something new. Where it
    /// cannot be told the file is planned, and the plan waits for the shop.
    private func hasMoved(since delivery: Delivery, _ flow: Flow, _ lease: LeaseKeeper) async throws -> Bool {
        let book = MovementBook(ledger: ledger, flow: flow.name, timeline: timeline, lease: lease)
        for entity in flow.entities where entity.movements != nil {
            let applied = try ledger.read { try $0.appliedSnapshot(flow: flow.name, entity: entity.definition.name) }
            guard applied?.hash == delivery.hash else { continue }
            do { if try await book.book(entity) { return true } } catch is Diagnostic { return true }
        }
        return false
    }

    private func start(
        _ delivery: Delivery, _ drop: FileDrop?, of flow: Flow, cause: String, _ lease: LeaseKeeper
    ) throws -> Run {
        try ledger.write(as: lease) { writer in
            if let drop { try writer.set(drop: drop.id, to: .processing) }
            return try writer.startRun(flow: flow.name, delivery: delivery.id, cause: cause, at: timeline.now())
        }
    }

    /// Goes on with every run of the flow that is not at an end.
    func resume(
        _ flow: Flow, _ lease: LeaseKeeper, into report: inout FlowReport,
        progress: @escaping @Sendable (FlowEvent) -> Void
    ) async throws {
        try forgetHalfTaken(flow, lease)
        for drop in try ledger.read({ try $0.interruptedDrops(flow: flow.name) }) where drop.interruptions >= Self.maximumAttempts {
            report.runs.append(try setAside(drop, of: flow, lease))
        }
        for run in try ledger.read({ try $0.openRuns(flow: flow.name) }) {
            switch run.state {
            case .planning where run.cause == Self.previewCause:
                try abandonPreview(run, lease)
            case .planning where run.cause == Self.reconsideringCause || run.cause == Self.lateCause:
                try abandon(run, lease)
            case .planning:
                guard let delivery = try run.delivery.flatMap({ id in try ledger.read { try $0.delivery(id) } }) else {
                    continue
                }
                try ledger.write(as: lease) { writer in
                    try writer.clearDraft(run: run.id)
                    try writer.countAttempt(run: run.id)
                }
                guard run.attempts < Self.maximumAttempts else {
                    report.runs.append(try fail(run, Self.poisoned, of: flow, lease))
                    continue
                }
                do {
                    report.runs.append(try await plan(run, delivery, of: flow, lease, progress: progress))
                } catch let wait as Diagnostic where wait.code == PlanStage.waitsCode {
                    report.trouble = wait
                }
            case .approved, .applying, .waiting:
                try ledger.write(as: lease) { try $0.countAttempt(run: run.id) }
                report.runs.append(try await apply(run, of: flow, lease, progress: progress))
            case .scheduled:
                let schedule = try ledger.read { try $0.schedule(run: run.id) }
                guard let schedule, schedule.next > timeline.now() else {
                    report.runs.append(try await apply(run, of: flow, lease, progress: progress))
                    continue
                }
            case .held:
                if let replanned = try await replan(run, of: flow, lease, progress: progress) {
                    report.runs.append(replanned)
                    continue
                }
                // A price that is held does not hold back another entity's value of today.
                let isDue = try ledger.read { try $0.schedule(run: run.id) }.map { $0.next <= timeline.now() } ?? false
                let isOn = isDue ? try await apply(run, of: flow, lease, progress: progress) : try self.report(on: run.id)
                report.runs.append(isOn)
            case .finished, .discarded, .failed, .previewed:
                continue
            }
        }
    }

    private static let poisoned = Diagnostic(
        "FILE-POISON", "handling this file ended the program \(maximumAttempts) times",
        fix: "it is set aside and everything else goes on; send the file to support"
    )

    /// Files whose download was interrupted are looked at anew. What is staged is held already: it gets its run from the next look,
    /// whatever its sender has put under its name since.
    private func forgetHalfTaken(_ flow: Flow, _ lease: LeaseKeeper) throws {
        try ledger.write(as: lease) { writer in
            try writer.layDownAll(flow: flow.name, counting: lease.followsInterruption)
            for drop in try writer.reader.drops(flow: flow.name, in: .downloading) { try writer.set(drop: drop.id, to: .waiting) }
        }
    }

    /// A file over which the program ended again and again before its run began. It gets a run that tells so; everything else goes on.
    private func setAside(_ drop: FileDrop, of flow: Flow, _ lease: LeaseKeeper) throws -> RunReport {
        let trouble = Self.poisoned
        let run = try ledger.write(as: lease) { writer in
            let run = try writer.startRun(flow: flow.name, delivery: drop.delivery, cause: Escaped(drop.file.name).description, at: timeline.now())
            try writer.set(run: run.id, to: .failed, verdict: "\(trouble.code): \(trouble.summary)", at: timeline.now())
            try writer.set(drop: drop.id, to: .quarantined, rule: trouble.code)
            return run
        }
        var report = try report(on: run.id)
        report.trouble = trouble
        return report
    }

    func plan(
        _ run: Run, _ delivery: Delivery, of flow: Flow, _ lease: LeaseKeeper,
        progress: @escaping @Sendable (FlowEvent) -> Void
    ) async throws -> RunReport {
        try await clocked(run) { try await planNow(run, delivery, of: flow, lease, progress: progress) }
    }

    private func planNow(
        _ run: Run, _ delivery: Delivery, of flow: Flow, _ lease: LeaseKeeper,
        progress: @escaping @Sendable (FlowEvent) -> Void
    ) async throws -> RunReport {
        let stage = PlanStage(
            ledger: ledger, flow: flow, workFolder: workFolder, timeline: timeline, lease: lease
        )
        let ending: PlanStage.Ending
        do {
            ending = try await reading(delivery, of: flow, lease, run) { file in
                try await stage.plan(
                    run, delivery, file: file, purpose: delivery.origin == .retry ? .retry : .apply, progress: progress)
            }
        } catch let damage as Diagnostic where damage.blame == .copy {
            return try giveUpBytes(run, damage, of: flow, lease)
        } catch let diagnostic as Diagnostic where diagnostic.blame.isFinal {
            return try fail(run, diagnostic, of: flow, lease)
        } catch let stop as CancellationError {
            // Stopped in order: that says nothing of the file.
            try ledger.write(as: lease) { try $0.forgiveAttempt(run: run.id) }
            throw stop
        } catch let diagnostic as Diagnostic {
            // The shop, the ledger or the disk was to blame: the file is planned again, however long that lasts.
            try ledger.write(as: lease) { writer in
                try writer.forgiveAttempt(run: run.id)
                try writer.noteTimes(of: run.id)
                let text = "waiting: \(diagnostic.code): \(diagnostic.summary)"
                try writer.set(run: run.id, to: .planning, verdict: text, at: timeline.now())
            }
            throw diagnostic
        }
        // Outside of what is caught above: a sealed plan is gone on with and never drawn up anew, whatever stops its applying.
        switch ending {
        case .ready: return try await apply(run, of: flow, lease, progress: progress)
        case .held, .superseded, .previewed: return try report(on: run.id)
        }
    }

    func fail(_ run: Run, _ diagnostic: Diagnostic, of flow: Flow, _ lease: LeaseKeeper) throws -> RunReport {
        try ledger.write(as: lease) { writer in
            try writer.clearDraft(run: run.id)
            try writer.noteTimes(of: run.id)
            try writer.set(
                run: run.id, to: .failed, verdict: "\(diagnostic.code): \(diagnostic.summary)", at: timeline.now()
            )
            for drop in try writer.reader.drops(flow: flow.name, in: .processing) where drop.delivery == run.delivery {
                try writer.set(drop: drop.id, to: .quarantined, rule: diagnostic.code)
            }
        }
        var report = try report(on: run.id)
        report.trouble = diagnostic
        return report
    }

    /// Content equal to what was applied last, with nothing applied since, is not read again (reliability B1, B2).
    private func noteDuplicate(
        _ delivery: Delivery, _ drop: FileDrop?, of flow: Flow, cause: String, _ lease: LeaseKeeper
    ) throws -> RunReport? {
        let now = timeline.now()
        let run: Int64? = try ledger.write(as: lease) { writer in
            // What plays a part besides the file may have moved although its bytes have not.
            guard flow.entities.allSatisfy({ $0.inputs == nil }) else { return nil }
            let snapshots = try flow.entities.map { entity in
                try writer.reader.appliedSnapshot(flow: flow.name, entity: entity.definition.name)
            }
            let isSame = snapshots.allSatisfy { $0?.hash == delivery.hash && $0?.profile == flow.fingerprint }
            // What was taken back is not what was applied last any more.
            let isLocked = try flow.entities.contains { entity in
                try writer.reader.lock(flow: flow.name, entity: entity.definition.name) != nil
            }
            // What the shop refused then may have been refused for what was sent with it, or for something that has been put right since.
            let wasRefused = try zip(flow.entities, snapshots).contains { entity, snapshot in
                try snapshot.map { try writer.reader.hasRefusedChanges(run: $0.run, entity: entity.definition.name) } ?? false
            }
            // A day that the file names may have come.
            let plans = try snapshots.compactMap(\.self).flatMap { try writer.reader.plans(run: $0.run) }
            let hasDayCome = plans.contains { plan in plan.summary.nextDay.map { $0 <= now } ?? false }
            guard isSame, !isLocked, !wasRefused, !hasDayCome, let previous = snapshots.first ?? nil else { return nil }
            let run = try writer.startRun(flow: flow.name, delivery: delivery.id, cause: cause, at: now)
            for (entity, snapshot) in zip(flow.entities, snapshots) {
                let count = snapshot?.records ?? 0
                let name = entity.definition.name
                try writer.set(tally: Tally(read: count, counts: [.duplicate: count]), run: run.id, entity: name)
                if count > 0 {
                    try writer.addRange(
                        run: run.id, entity: name, outcome: .duplicate, first: 1, last: count, count: count
                    )
                }
            }
            try writer.set(
                run: run.id, to: .finished, verdict: "the same content as run \(previous.run), applied last: nothing to do",
                at: now
            )
            if let drop { try writer.set(drop: drop.id, to: .processing, rule: "duplicate of run \(previous.run)") }
            return run.id
        }
        return try run.map { try report(on: $0) }
    }

    package func report(on id: Int64) throws -> RunReport {
        try ledger.read { try RunReport(id, $0) }
    }
}
