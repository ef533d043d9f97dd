import Domain
import Formats
import StateStore

/// From a delivery to a decided run: read, prove, compare, gate, seal.
struct PlanStage {
    let ledger: Ledger
    let flow: Flow
    let workFolder: String
    let timeline: Timeline
    let lease: LeaseKeeper?

    enum Purpose: Sendable {
        case apply
        /// To be looked at: sealed, never applied.
        case preview
        /// Records that an operator retries: the gates were answered by that.
        case retry
    }

    enum Ending {
        case ready
        case held
        case superseded
        case previewed
    }

    /// Throws a `Diagnostic` where the file as a whole cannot be used; the run's draft is then the caller's to clear.
    func plan(
        _ run: Run, _ delivery: Delivery, file: String, purpose: Purpose, controlFile: ControlFile?,
        progress: (FlowEvent) -> Void
    ) async throws -> Ending {
        var isHeld = flow.approval == .always && purpose == .apply
        for entity in flow.entities {
            try await observeIfNew(entity, progress: progress)
            let name = entity.definition.name
            let previous = try ledger.read { try $0.appliedSnapshot(flow: flow.name, entity: name) }
            var planner = try Planner(
                ledger: ledger, run: run.id, entity: entity, file: file, workFolder: workFolder
            )
            var source = try flow.profile.makeReader(
                FileByteSource(path: file), fields: entity.definition.fields, context: readContext(delivery)
            )
            try planner.read(&source) { progress(.reading(records: $0)) }
            let proof = source.proof
            if let finding = flow.profile.findings(proof).first { throw finding }
            try controlFile?.check(records: proof.records)
            let version = try eventTime(of: delivery, proof)
            if purpose == .apply, let previous, version < previous.version {
                try supersede(run, records: proof.records, by: previous)
                return .superseded
            }
            let mode = purpose == .retry ? .delta : mode(proof)
            progress(.comparing(entity: name))
            try await planner.decide(mode: mode, version: version)
            let gates = purpose == .retry ? Gates.open : entity.gates
            let findings = gates.findings(
                planner.summary,
                Gates.Context(
                    mode: mode, age: timeline.now().since(version), header: proof.header,
                    sequence: try sequence(of: delivery, proof),
                    previous: previous.map { .init(records: $0.records, header: $0.header, sequence: $0.sequence) },
                    completeness: proof.claimedRecords != nil || controlFile?.isProof == true ? .proven : .unproven
                )
            )
            isHeld = isHeld || !findings.isEmpty
            let snapshot = AppliedSnapshot(
                run: run.id, hash: delivery.hash, profile: flow.fingerprint, version: version,
                sequence: try sequence(of: delivery, proof), records: proof.records, header: proof.header
            )
            try planner.seal(findings: findings) { writer in
                try lease?.prove(writer)
                if purpose == .apply { try writer.setPendingSnapshot(snapshot, run: run.id, entity: name) }
            }
        }
        return try conclude(run, purpose: purpose, isHeld: isHeld)
    }

    private func conclude(_ run: Run, purpose: Purpose, isHeld: Bool) throws -> Ending {
        let now = timeline.now()
        return try ledger.write { writer in
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

    /// A newer full file makes older plans of the flow pointless: latest wins, each key is written once.
    private func overtakeOlder(than run: Run, _ writer: LedgerWriter, now: UTCInstant) throws {
        let plans = try writer.reader.plans(run: run.id)
        guard plans.allSatisfy({ $0.mode == .full }) else { return }
        for older in try writer.reader.openRuns(flow: flow.name) where older.id < run.id && older.state != .planning {
            try writer.settleRest(of: older.id, as: .superseded, because: "overtaken by run \(run.id)", now: now)
            try writer.set(plan: older.id, to: .discarded)
            try writer.set(run: older.id, to: .finished, verdict: "overtaken by run \(run.id), a newer file", at: now)
        }
    }

    private func supersede(_ run: Run, records: Int, by previous: AppliedSnapshot) throws {
        let now = timeline.now()
        try ledger.write { writer in
            try writer.clearDraft(run: run.id)
            for entity in flow.entities {
                let name = entity.definition.name
                try writer.set(tally: Tally(read: records, counts: [.superseded: records]), run: run.id, entity: name)
                if records > 0 {
                    try writer.addRange(
                        run: run.id, entity: name, outcome: .superseded, first: 1, last: records, count: records
                    )
                }
            }
            try writer.set(
                run: run.id, to: .finished, verdict: "older than run \(previous.run), which was applied already", at: now
            )
        }
    }

    // MARK: What the file says of itself

    private func readContext(_ delivery: Delivery) -> ReadContext {
        ReadContext(fileName: delivery.displayName, modified: delivery.modified, timeZone: flow.timeZone)
    }

    private func mode(_ proof: FileProof) -> FileMode {
        if let saysFull = proof.saysFull { return saysFull ? .full : .delta }
        return flow.profile.declaredMode ?? flow.mode
    }

    private func eventTime(of delivery: Delivery, _ proof: FileProof) throws -> UTCInstant {
        if delivery.origin == .retry { return delivery.modified }
        let named = try flow.profile.eventTime(
            fileName: String(decoding: delivery.name, as: UTF8.self), modified: delivery.modified, timeZone: flow.timeZone
        )
        return named ?? proof.eventTime ?? delivery.modified
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
        let ledger = ledger
        try await entity.applier.observe { values in
            try ledger.write { writer in
                for observed in values where try writer.reader.mirror(entity: name, key: observed.key) == nil {
                    try writer.setMirror(
                        entity: name, key: observed.key, value: observed.value, version: UTCInstant(milliseconds: 0),
                        change: nil
                    )
                }
            }
        }
        try ledger.write { try $0.remember(flow: flow.name, name: memory, value: "\(timeline.now())") }
    }
}
