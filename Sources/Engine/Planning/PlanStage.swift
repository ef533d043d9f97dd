import Domain
import Formats
import StateStore

/// From a delivery to a decided run: read, prove, compare, gate, seal.
struct PlanStage {
    let ledger: Ledger
    let flow: Flow
    let workFolder: String
    let timeline: Timeline
    let lease: LeaseKeeper

    /// The finding of a plan whose file did not come from the ERP.
    static let byHandGate = "by_hand"

    enum Purpose: Sendable {
        case apply
        /// To be looked at: sealed, never applied.
        case preview
        /// Records that an operator retries: the gates were answered by that.
        case retry
    }

    enum Ending {
        /// At least one entity's plan may be applied.
        case ready
        case held
        case superseded
        case previewed
    }

    /// How one entity's plan came out.
    private enum Verdict {
        case ready
        case held
        /// A newer file was applied already, or is being applied, by that run.
        case superseded(by: Int64)
        /// The file has no record, and the flow says that this is nothing.
        case empty
    }

    /// Throws a `Diagnostic` where the file as a whole cannot be used, `SPOOL-DAMAGED` where its bytes are not those that came; the run's
    /// draft is then the caller's to clear.
    func plan(
        _ run: Run, _ delivery: Delivery, file: String, purpose: Purpose,
        progress: (FlowEvent) -> Void
    ) async throws -> Ending {
        try delivery.claim?.check(hash: delivery.hash)
        var verdicts: [Verdict] = []
        for entity in flow.entities {
            verdicts.append(
                try await plan(
                    entity, run, delivery, file: file, purpose: purpose, progress: progress
                )
            )
        }
        return try conclude(run, purpose: purpose, verdicts)
    }

    /// Each entity of the file has its own plan, gates and tally: prices that are held do not hold back stock.
    private func plan(
        _ entity: FlowEntity, _ run: Run, _ delivery: Delivery, file: String, purpose: Purpose,
        progress: (FlowEvent) -> Void
    ) async throws -> Verdict {
        try await observeIfNew(entity, progress: progress)
        try await MovementBook(ledger: ledger, flow: flow.name, timeline: timeline, lease: lease).book(entity)
        let name = entity.definition.name
        let previous = try ledger.read { try $0.appliedSnapshot(flow: flow.name, entity: name) }
        var planner = try Planner(
            ledger: ledger, lease: lease, flow: flow.name, run: run.id, entity: entity, file: file, workFolder: workFolder, asOf: timeline.now()
        )
        let bytes = try HashedByteSource(path: file)
        var (isOurs, dated) = (false, delivery.modified)
        let proof: FileProof
        RunClock.current?.enter(.reading)
        do {
            var source = try flow.profile.makeReader(bytes, fields: entity.definition.fields, context: readContext(delivery))
            try planner.read(&source) { progress(.reading(records: $0)) }
            proof = source.proof
            if let finding = flow.profile.findings(proof).first { throw finding }
            try delivery.claim?.check(records: proof.records)
            dated = try eventTime(of: delivery, proof)
            if dated == delivery.modified { isOurs = try hasOwnTime(delivery) }
        } catch let fault as Diagnostic where fault.code == "FILE-EMPTY" && flow.emptyFile == .nothing {
            try bytes.prove(delivery.hash)
            try delivery.claim?.check(records: 0)
            return try passOver(run, entity: name)
        } catch let fault as Diagnostic where fault.blame.isFinal {
            // What is wrong with bytes that the disk has changed is not the sender's fault.
            try bytes.prove(delivery.hash)
            throw fault
        }
        try bytes.prove(delivery.hash)
        RunClock.current?.enter(.planning)
        if proof.records == 0, !proof.isRejectFile, flow.emptyFile == .nothing { return try passOver(run, entity: name) }
        let now = timeline.now()
        // A time of our own clock is no claim of the sender: where that clock was ahead, the file is of now.
        if isOurs { dated = min(dated, now) }
        // A file of the future is held; a person who applies it all the same says that it is of now.
        var version = dated.since(now) > entity.gates.future ? now : dated
        if isOurs, let previous, try hasCome(after: previous, delivery) { version = max(version, believable(previous.version, entity, now)) }
        let mode = delivery.origin == .retry || proof.isRejectFile || entity.definition.feed == .events ? .delta : mode(proof)
        let number = proof.isRejectFile ? nil : try sequence(of: delivery, proof)
        func numbers(isLate: Bool) throws -> SenderNumber? {
            try number.map { try SenderNumber($0, of: delivery, run, in: flow, version: version, after: previous, isLate: isLate, ledger) }
        }
        var isLate = false
        // Mended rows of an earlier file say nothing of the others, and are no measure for the files that follow.
        if proof.isRejectFile {
            isLate = true
        } else if purpose == .apply, entity.definition.feed == .snapshot, let previous, version < previous.version,
            believable(previous.version, entity, now) == previous.version
        {
            // A late file of changes still counts for the keys that nothing newer has told: claiming its changes sees to that.
            isLate = mode == .delta && previous.full.map { version >= $0 } ?? true
            guard isLate else {
                try supersede(run, entity: name, records: proof.records, try numbers(isLate: true))
                return .superseded(by: previous.run)
            }
        }
        if purpose == .apply, mode == .full, let newer = try newerBeingApplied(than: version, entity: name, run) {
            try supersede(run, entity: name, records: proof.records, try numbers(isLate: true))
            return .superseded(by: newer)
        }
        if purpose == .apply, mode == .full, let other = try beingApplied(at: version, entity: name, run) { throw Self.waits(for: other) }
        let reckoning = try await reckon(entity, asAt: version, &planner)
        planner.keepsTimes = mode == .delta && purpose == .apply && entity.definition.feed == .snapshot
        progress(.comparing(entity: name))
        // A full file that lists nothing leaves nothing out: it never means that everything is at zero.
        let isEmpty = proof.records == 0
        try await planner.decide(mode: isEmpty ? .delta : mode, version: version)
        let book = try numbers(isLate: isLate)
        var context = Gates.Context(
            mode: mode, age: now.since(dated), header: proof.header, sequence: number,
            previous: proof.isRejectFile ? nil : previous.map { .init(records: $0.records, header: $0.header, sequence: $0.sequence) },
            completeness: proof.claimedRecords != nil || delivery.claim?.isProof == true ? .proven : .unproven
        )
        context.numbers = book?.numbers ?? FileNumbers()
        var findings = try findings(planner.summary, context, of: entity, isRetry: delivery.origin == .retry)
        if let inspector = entity.inspector {
            try planner.flush()
            let sample = try PlanSample(ledger, run: run.id, entity: name)
            findings += try await inspector.findings(sample.changes, known: sample.known)
        }
        if run.isUploaded, purpose == .apply {
            findings.append(
                GateFinding(gate: Self.byHandGate, text: "the file was \(Escaped(run.cause)); what people bring always waits for a decision"))
        }
        let snapshot = AppliedSnapshot(
            run: run.id, hash: delivery.hash, profile: flow.fingerprint, version: version,
            sequence: number, records: isEmpty ? previous?.records ?? 0 : proof.records, header: proof.header,
            full: mode == .full && !isEmpty ? version : previous?.full
        )
        let drift = planner.drift
        try planner.seal(findings: findings) { writer in
            try writer.set(profile: flow.fingerprint, run: run.id, entity: name)
            guard purpose == .apply else { return }
            try drift.forget(isWhole: mode == .full && !isEmpty, writer)
            try book?.keep(isTold: entity.gates.sequence == .alarm, at: now, writer)
            if dated > version { try FlowRunner.noteFuture(dated, run: run.id, flow: flow.name, writer) }
            // What came late is not what was told last.
            if !isLate { try writer.setPendingSnapshot(snapshot, run: run.id, entity: name) }
            try reckoning?.propose(run: run.id, flow: flow.name, entity: name, writer)
        }
        return findings.isEmpty ? .ready : .held
    }

    /// Looks at what plays a part besides the file, as late as can be.
    private func reckon(_ entity: FlowEntity, asAt version: UTCInstant, _ planner: inout Planner) async throws -> Reckoning? {
        guard let source = entity.inputs else { return nil }
        let claims = planner.claims
        let last = try ledger.read { try Reckoning.last(flow: flow.name, entity: entity.definition.name, $0) }
        let inputs = try await source.look(PlanContext(asAt: version, claims: claims, since: last?.seen))
        planner.use(inputs)
        return Reckoning(claims: claims, seen: inputs.seen ?? last?.seen)
    }

    /// The figures of an earlier file, planned once more in the light of now. No record is read, so none is accounted for.
    func plan(_ again: Reconsidered, of entity: FlowEntity, _ run: Run) async throws -> Ending {
        let name = entity.definition.name
        var planner = try Planner(
            ledger: ledger, lease: lease, flow: flow.name, run: run.id, entity: entity, file: nil, workFolder: workFolder, asOf: timeline.now())
        planner.use(again.inputs)
        try await planner.decide(mode: .delta, version: again.version)
        let context = Gates.Context(
            mode: .delta, age: .zero, header: [], sequence: nil, previous: nil, completeness: .unproven)
        let findings = try findings(planner.summary, context, of: entity, isRetry: false)
        try planner.seal(findings: findings) { writer in
            try writer.set(profile: flow.fingerprint, run: run.id, entity: name)
            try again.reckoning.propose(run: run.id, flow: flow.name, entity: name, writer)
        }
        return try conclude(run, purpose: .apply, [findings.isEmpty ? .ready : .held])
    }

    private func findings(
        _ summary: PlanSummary, _ context: Gates.Context, of entity: FlowEntity, isRetry: Bool
    ) throws -> [GateFinding] {
        guard !isRetry else {
            // The operator's decision answers the limits on a file as a whole, not those on what its values may be.
            var gates = Gates.open
            gates.marks = entity.gates.marks
            return gates.findings(summary, context)
        }
        let lock = try ledger.read { try $0.lock(flow: flow.name, entity: entity.definition.name) }
        return entity.gates.findings(summary, context) + (lock.map { [GateFinding(gate: "taken_back", text: $0)] } ?? [])
    }

    private func conclude(_ run: Run, purpose: Purpose, _ verdicts: [Verdict]) throws -> Ending {
        let now = timeline.now()
        let overtaking = verdicts.compactMap { verdict in if case .superseded(let by) = verdict { by } else { nil } }
        if let newest = overtaking.max(), overtaking.count == verdicts.count {
            try ledger.write(as: lease) { writer in
                try writer.noteTimes(of: run.id)
                let text = "older than run \(newest), which was applied already or is being applied"
                try writer.set(run: run.id, to: .finished, verdict: text, at: now)
            }
            return .superseded
        }
        let empty = verdicts.count { verdict in if case .empty = verdict { true } else { false } }
        if empty == verdicts.count {
            try ledger.write(as: lease) { writer in
                try writer.noteTimes(of: run.id)
                let state: Run.State = purpose == .preview ? .previewed : .finished
                try writer.set(run: run.id, to: state, verdict: "the file has no record: nothing to do (empty_file: nothing)", at: now)
            }
            return purpose == .preview ? .previewed : .superseded
        }
        let isReady = verdicts.contains { verdict in if case .ready = verdict { true } else { false } }
        let isHeld = flow.approval == .always && purpose == .apply || !isReady
        return try ledger.write(as: lease) { writer in
            try writer.noteTimes(of: run.id)
            switch purpose {
            case .preview:
                try writer.dismissErrors(run: run.id)
                try writer.settleRest(of: run.id, as: .superseded, because: "a preview is never applied", now: now)
                try writer.set(run: run.id, to: .previewed, verdict: "looked at only", at: now)
                return .previewed
            case .apply, .retry:
                if purpose == .apply { try overtakeOlder(than: run, writer, now: now) }
                let text = isHeld ? "held for a decision: approve or discard" : "planned, being applied"
                try writer.set(run: run.id, to: isHeld ? .held : .applying, verdict: text, at: now)
                if isHeld { try writer.set(plan: run.id, to: .held) }
                return isHeld ? .held : .ready
            }
        }
    }

    /// A newer full file makes older plans of the flow pointless: latest wins, each key is written once. Values that wait for
    /// their day are good until the newer file itself is being applied (`FlowRunner.apply`).
    private func overtakeOlder(than run: Run, _ writer: LedgerWriter, now: UTCInstant) throws {
        let plans = try writer.reader.plans(run: run.id)
        guard plans.allSatisfy({ $0.mode == .full }) else { return }
        for older in try writer.reader.openRuns(flow: flow.name)
        where older.id < run.id && older.state != .planning && older.state != .scheduled {
            // By what they say of their time, not by when they came: a newer file may wait for the shop while an older one is planned.
            // Files of one moment tell of different things, such as a warehouse each: none replaces another.
            let times = try writer.reader.plans(run: older.id).map(\.version)
            guard let mine = plans.map(\.version).max(), times.allSatisfy({ $0 < mine }),
                try !FlowRunner.areOfOneMoment(older, run, flow: flow.name, writer.reader)
            else { continue }
            try writer.settleRest(of: older.id, as: .superseded, because: "overtaken by run \(run.id)", now: now)
            try writer.set(plan: older.id, to: .discarded)
            try writer.set(run: older.id, to: .finished, verdict: "overtaken by run \(run.id), a newer file", at: now)
        }
    }

    /// The run of a newer full file that is on its way into the shop and not there yet. One that waits for a person decides nothing.
    private func newerBeingApplied(than version: UTCInstant, entity: String, _ run: Run) throws -> Int64? {
        try beingApplied(entity, run) { $0.version > version }
    }

    /// The run of another full file of the same moment that is on its way into the shop. Both may tell of one product, each of a
    /// warehouse of its own: the second is planned when the shop has what the first says.
    private func beingApplied(at version: UTCInstant, entity: String, _ run: Run) throws -> Int64? {
        try beingApplied(entity, run) { $0.version == version }
    }

    private func beingApplied(_ entity: String, _ run: Run, where isMeant: (Plan) -> Bool) throws -> Int64? {
        try ledger.read { reader in
            try reader.openRuns(flow: flow.name).first { other in
                guard other.id != run.id, other.undoes == nil, [.approved, .applying, .waiting].contains(other.state) else { return false }
                return try reader.plans(run: other.id).contains { $0.entity == entity && $0.mode == .full && isMeant($0) }
            }?.id
        }
    }

    static let waitsCode = "FLOW-WAITS"

    private static func waits(for run: Int64) -> Diagnostic {
        Diagnostic(
            "FLOW-WAITS", "run \(run), of a file of the same moment, is still being applied",
            fix: "this file is planned by itself when run \(run) is done; `tallyman status` shows what that waits for", kind: .transient)
    }

    private func passOver(_ run: Run, entity: String) throws -> Verdict {
        try ledger.write(as: lease) { writer in
            try writer.clearDraft(run: run.id, entity: entity)
            try writer.set(tally: Tally(), run: run.id, entity: entity)
        }
        return .empty
    }

    private func supersede(_ run: Run, entity: String, records: Int, _ book: SenderNumber?) throws {
        try ledger.write(as: lease) { writer in
            try book?.keep(isTold: false, at: timeline.now(), writer)
            try writer.clearDraft(run: run.id, entity: entity)
            try writer.set(tally: Tally(read: records, counts: [.superseded: records]), run: run.id, entity: entity)
            if records > 0 {
                try writer.addRange(
                    run: run.id, entity: entity, outcome: .superseded, first: 1, last: records, count: records
                )
            }
        }
    }

    // MARK: What the file says of itself

    private func readContext(_ delivery: Delivery) -> ReadContext {
        var context = ReadContext(fileName: delivery.displayName, modified: delivery.modified, timeZone: flow.timeZone)
        context.headerTellsCount = delivery.origin == .retry
        return context
    }

    private func mode(_ proof: FileProof) -> FileMode {
        if let saysFull = proof.saysFull { return saysFull ? .full : .delta }
        return flow.profile.declaredMode ?? flow.mode
    }

    private func eventTime(of delivery: Delivery, _ proof: FileProof) throws -> UTCInstant {
        // The name of a reject file is ours and tells no time.
        if delivery.origin == .retry || proof.isRejectFile { return delivery.modified }
        // The files of a set are of one moment: none replaces another.
        if let moment = try ledger.read({ try $0.setMoment(ofDelivery: delivery.id, flow: flow.name) }) { return moment }
        let named = try flow.profile.eventTime(
            fileName: String(decoding: delivery.name, as: UTF8.self), modified: delivery.modified, timeZone: flow.timeZone
        )
        return named ?? proof.eventTime ?? delivery.modified
    }

    private func hasOwnTime(_ delivery: Delivery) throws -> Bool {
        guard delivery.origin == .endpoint else { return false }
        return try ledger.read { try $0.drop(ofDelivery: delivery.id, flow: flow.name)?.hasOwnTime ?? false }
    }

    private func hasCome(after previous: AppliedSnapshot, _ delivery: Delivery) throws -> Bool {
        try ledger.read { try $0.run(previous.run)?.delivery.map { $0 < delivery.id } ?? false }
    }

    /// A moment that was applied, unless it is further ahead of now than can be: then it was of a clock that was wrong.
    private func believable(_ version: UTCInstant, _ entity: FlowEntity, _ now: UTCInstant) -> UTCInstant {
        version.since(now) <= max(entity.gates.future, UTCInstant.believableLead) ? version : now
    }

    private func sequence(of delivery: Delivery, _ proof: FileProof) throws -> Int64? {
        try proof.sequence ?? flow.profile.sequence(fileName: String(decoding: delivery.name, as: UTF8.self))
    }

    /// Before the first plan of an entity the shop's present values become the mirror, so that gates measure against the
    /// truth and nothing is sent that is there already.
    private func observeIfNew(_ entity: FlowEntity, progress: (FlowEvent) -> Void) async throws {
        let name = entity.definition.name
        let memory = "observed.\(name)"
        guard try ledger.read({ try $0.memory(flow: flow.name, name: memory) }) == nil else { return }
        progress(.observing(entity: name))
        let (ledger, lease) = (ledger, lease)
        try await entity.applier.observe { values in
            try ledger.write(as: lease) { try $0.observe(values, entity: name) }
        }
        try ledger.write(as: lease) { try $0.remember(flow: flow.name, name: memory, value: "\(timeline.now())") }
        if entity.movements != nil {
            try MovementBook(ledger: ledger, flow: flow.name, timeline: timeline, lease: lease).begin(name)
        }
    }
}
