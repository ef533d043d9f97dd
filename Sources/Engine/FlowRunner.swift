package import Domain
package import Endpoints
import Formats
package import StateStore

/// Runs a flow once: go on where the last attempt stopped, look for files, plan, gate, apply, account, tidy up.
///
/// The same for a schedule, a person and a retry. Safe to kill at any instruction: the next call brings everything to the
/// end it would have had.
package struct FlowRunner: Sendable {
    let ledger: Ledger
    let spool: Spool
    let workFolder: String
    let timeline: Timeline
    let holder: LeaseHolder

    package init(ledger: Ledger, spool: Spool, workFolder: String, timeline: Timeline, holder: LeaseHolder) {
        self.ledger = ledger
        self.spool = spool
        self.workFolder = workFolder
        self.timeline = timeline
        self.holder = holder
    }

    /// How long `run` waits for files that are still settling.
    package enum Patience: Sendable {
        case none
        case upTo(Duration)
    }

    package func run(
        _ flow: Flow,
        cause: String,
        patience: Patience = .none,
        progress: @escaping @Sendable (FlowEvent) -> Void = { _ in }
    ) async throws -> FlowReport {
        try await withLease(on: flow.name) { lease in
            var report = FlowReport(flow: flow.name)
            try await resume(flow, lease, into: &report, progress: progress)
            report.trouble = try await review(flow, lease) ?? report.trouble
            guard !isBlocked(flow, report) else { return report }
            do {
                // What an earlier attempt left half settled may hold a file that is older than any in the folder.
                let leftover = try await tidy(flow, lease)
                let caught = try await look(flow, patience: patience, lease, progress: progress)
                report.waitingFiles = caught.waiting
                report.notes += caught.notes.filter { !report.notes.contains($0) }
                let inOrder = try inOrder(caught.taken, of: flow, lease)
                let held = try await withApproval(of: flow, for: inOrder, lease)
                for taken in inOrder {
                    report.runs.append(try await process(taken, of: held[taken.delivery.id] ?? flow, cause: cause, lease, progress: progress))
                }
                try await renewMoved(flow, lease, into: &report, progress: progress)
                try await renewHeld(flow, lease, into: &report, progress: progress)
                try await reconsider(flow, lease, into: &report, progress: progress)
                try await recallLateValues(flow, lease, into: &report, progress: progress)
                report.trouble = try await tidy(flow, lease) ?? caught.trouble ?? leftover ?? report.trouble
            } catch let diagnostic as Diagnostic where !report.runs.isEmpty {
                // What was done before is told all the same.
                report.trouble = diagnostic
            }
            return report
        }
    }

    /// A file given by hand: the same path from the delivery on.
    package func run(
        _ flow: Flow, file: SpooledFile, name: [UInt8], modified: UTCInstant, cause: String,
        progress: @escaping @Sendable (FlowEvent) -> Void = { _ in }
    ) async throws -> FlowReport {
        try await withLease(on: flow.name) { lease in
            var report = FlowReport(flow: flow.name)
            try await resume(flow, lease, into: &report, progress: progress)
            guard !isBlocked(flow, report) else { return report }
            let delivery = try ledger.write(as: lease) { writer in
                try writer.addDelivery(
                    flow: flow.name, hash: file.hash, size: file.size, folder: "", name: name, modified: modified,
                    received: try ProvenTime.stamp(timeline.now(), writer.reader), origin: .file
                )
            }
            report.runs.append(try await process(delivery, nil as FileDrop?, of: flow, cause: cause, lease, progress: progress))
            try await renewMoved(flow, lease, into: &report, progress: progress)
            try await renewHeld(flow, lease, into: &report, progress: progress)
            return report
        }
    }

    /// A file that a person brought: its plan is held whatever it changes. Safe to repeat for the same delivery: it is planned once.
    package func run(
        _ flow: Flow, uploaded delivery: Delivery, by who: String, progress: @escaping @Sendable (FlowEvent) -> Void = { _ in }
    ) async throws -> RunReport {
        try await withLease(on: flow.name, waiting: Self.patienceOfPeople) { lease in
            var report = FlowReport(flow: flow.name)
            try await resume(flow, lease, into: &report, progress: progress)
            if let known = try ledger.read({ try $0.run(ofDelivery: delivery.id) }) { return try self.report(on: known.id) }
            return try await process(delivery, nil as FileDrop?, of: flow, cause: Run.cause(uploadedBy: who), lease, progress: progress)
        }
    }

    /// How long a person's decision waits for a run that is under way: longer than most runs take, shorter than patience.
    static let patienceOfPeople = Duration.seconds(10)

    /// Runs `body` as the only one at work on the flow. Whatever it sends proves that before it leaves.
    ///
    /// - Parameter patience: how long to wait for another process that is at work on it.
    func withLease<Result>(
        on flow: String, waiting patience: Duration = .zero, _ body: (LeaseKeeper) async throws -> Result
    ) async throws -> Result {
        let end = timeline.uptime() + patience
        var taken = try await holder.take(flow, of: ledger, timeline: timeline)
        while taken == nil, timeline.uptime() < end {
            try await timeline.sleep(.milliseconds(200))
            taken = try await holder.take(flow, of: ledger, timeline: timeline)
        }
        guard let kept = taken else {
            throw Diagnostic(
                "FLOW-BUSY", "another process is working on flow \(flow)",
                fix: "wait for it, or see `tallyman status`; nothing was done here", kind: .transient
            )
        }
        do {
            try ProvenTime.note(ledger, at: timeline.moment)
            let result = try await GuardedWork.$callGuard.withValue(kept.lease) { try await body(kept.lease) }
            try kept.end()
            return result
        } catch {
            // The error that matters is the first. One that nobody foresaw is an end without a word.
            if error is Diagnostic || error is CancellationError { try? kept.end() } else { kept.abandon() }
            throw error
        }
    }

    /// A delta must not overtake the one before it.
    private func isBlocked(_ flow: Flow, _ report: FlowReport) -> Bool {
        guard flow.order == .delta else { return false }
        return report.runs.contains { $0.run.state.isOpen && $0.run.state != .scheduled && !$0.isOfTheFuture }
    }

    private func look(
        _ flow: Flow, patience: Patience, _ lease: LeaseKeeper, progress: @escaping @Sendable (FlowEvent) -> Void
    ) async throws -> IntakeStage.ScanResult {
        var intake = intake(of: flow, lease)
        intake.isCareful = try ledger.read { try !$0.interruptedDrops(flow: flow.name).isEmpty }
        let caught = try await intake.look(progress: progress)
        guard caught.taken.isEmpty, let next = caught.nextLook, case .upTo(let limit) = patience, next <= limit else {
            return caught
        }
        try await timeline.sleep(next + .milliseconds(100))
        return try await intake.look(progress: progress)
    }

    func intake(of flow: Flow, _ lease: LeaseKeeper) -> IntakeStage {
        var stage = IntakeStage(
            ledger: ledger, flow: flow.name, pull: flow.pull, spool: spool, timeline: timeline, lease: lease,
            doneCount: flow.profile.completeness.doneCount)
        stage.prove = { try Self.prove($0, $1, of: flow) }
        stage.isInOrder = flow.order == .delta
        return stage
    }

    /// Full snapshots newest first, so that the shop is right soonest and the older ones are seen to be superseded;
    /// deltas in the order they were made. Of several files of one moment the last by number and name is the last to be applied: time
    /// cannot tell them apart, and none of them supersedes another (fault F98).
    private func inOrder(_ taken: [IntakeStage.ClaimedFile], of flow: Flow, _ lease: LeaseKeeper) throws -> [IntakeStage.ClaimedFile] {
        let dated = try taken.map { taken in
            if taken.isSuspect { try ledger.write(as: lease) { try $0.takeInHand(drop: taken.drop.id) } }
            let name = String(decoding: taken.delivery.name, as: UTF8.self)
            let named = try? flow.profile.eventTime(
                fileName: name, modified: taken.delivery.modified, timeZone: flow.timeZone
            )
            let sequence = try? flow.profile.sequence(fileName: name)
            let moment = try ledger.read { try $0.setMoment(ofDelivery: taken.delivery.id, flow: flow.name) }
            if taken.isSuspect { try ledger.write(as: lease) { try $0.layDown(drop: taken.drop.id) } }
            return (time: moment ?? named ?? taken.delivery.modified, sequence: sequence ?? 0, taken: taken)
        }
        let isFull = flow.order == .full
        return dated.sorted { one, other in
            if one.time != other.time { return isFull ? one.time > other.time : one.time < other.time }
            return (one.sequence, one.taken.delivery.id) < (other.sequence, other.taken.delivery.id)
        }.map(\.taken)
    }

    /// Remote files whose run has come to rest are archived and forgotten, including those of an attempt that died between.
    /// A file that cannot be archived is remembered and tried again by the next call; answers why it could not.
    private func tidy(_ flow: Flow, _ lease: LeaseKeeper) async throws -> Diagnostic? {
        let resting = try ledger.read { reader in
            try reader.drops(flow: flow.name, in: .processing).compactMap { drop -> (drop: FileDrop, hash: ContentHash)? in
                guard let id = drop.delivery, let delivery = try reader.delivery(id) else { return nil }
                return (drop, delivery.hash)
            }
        }
        let tidied = try await intake(of: flow, lease).tidy(resting)
        try ledger.write(as: lease) { writer in
            for drop in tidied.left { try writer.set(drop: drop, to: .done) }
            for drop in tidied.removed { try writer.set(drop: drop, to: .removed) }
            for (file, path) in tidied.held {
                _ = try writer.addDrop(
                    file, flow: flow.name, folder: path.folder, aside: path.name, now: timeline.now(), observation: "")
            }
        }
        return try await settleSets(flow, lease) ?? tidied.trouble
    }
}
