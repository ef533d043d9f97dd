import Domain
import StateStore

/// Where no file came, what plays a part besides may have moved all the same: an order was shipped, cancelled or acknowledged. Then
/// the last file's figures are planned anew, key by key, from what is remembered of them.
extension FlowRunner {
    static let reconsideringCause = "orders moved"

    func reconsider(
        _ flow: Flow, _ lease: LeaseKeeper, into report: inout FlowReport, progress: @escaping @Sendable (FlowEvent) -> Void
    ) async throws {
        // What was planned just now has reckoned with everything; what waits is gone on with first.
        guard !report.runs.contains(where: { !$0.plans.isEmpty || $0.run.state.isOpen && $0.run.state != .scheduled }) else { return }
        for entity in flow.entities {
            guard let again = try await moved(entity, of: flow, lease, progress: progress) else { continue }
            let run = try ledger.write(as: lease) { writer in
                return try writer.startRun(flow: flow.name, delivery: nil, cause: Self.reconsideringCause, at: timeline.now())
            }
            let stage = PlanStage(ledger: ledger, flow: flow, workFolder: workFolder, timeline: timeline, lease: lease)
            do {
                switch try await stage.plan(again, of: entity, run) {
                case .ready: report.runs.append(try await apply(run, of: flow, lease, progress: progress))
                case .held, .superseded, .previewed: report.runs.append(try self.report(on: run.id))
                }
            } catch {
                try abandon(run, lease)
                throw error
            }
        }
    }

    /// A plan without a file whose process died is made anew from how things stand then.
    func abandon(_ run: Run, _ lease: LeaseKeeper) throws {
        try ledger.write(as: lease) { writer in
            try writer.clearDraft(run: run.id)
            try writer.set(run: run.id, to: .discarded, verdict: "interrupted; the next run looks anew", at: timeline.now())
        }
    }

    /// The last file's figures in the light of now; `nil` where they would change nothing, which is remembered.
    private func moved(
        _ entity: FlowEntity, of flow: Flow, _ lease: LeaseKeeper, progress: (FlowEvent) -> Void
    ) async throws -> Reconsidered? {
        guard let source = entity.inputs else { return nil }
        let name = entity.definition.name
        let (snapshot, last, lock) = try ledger.read { reader in
            (
                try reader.appliedSnapshot(flow: flow.name, entity: name), try Reckoning.last(flow: flow.name, entity: name, reader),
                try reader.lock(flow: flow.name, entity: name)
            )
        }
        // Figures that were reckoned by other settings wait for the next file; values that were taken back wait for a person.
        guard let snapshot, let last, snapshot.profile == flow.fingerprint, lock == nil else { return nil }
        progress(.comparing(entity: name))
        let context = PlanContext(asAt: snapshot.version, claims: last.claims, since: last.seen)
        let inputs = try await source.look(context)
        let reckoning = Reckoning(claims: last.claims, seen: inputs.seen ?? last.seen)
        var interpreter = entity.definition.makeInterpreter(asOf: timeline.now())
        interpreter.use(inputs)
        let keys = try ledger.read { reader in
            try inputs.values.keys.filter { key in
                guard let held = try reader.mirror(entity: name, key: key) else { return false }
                return interpreter.decideAgain(held.key, mirror: held.value[...]) != nil
            }
        }
        guard !keys.isEmpty else {
            try ledger.write(as: lease) { writer in
                try reckoning.remember(flow: flow.name, entity: name, writer)
            }
            return nil
        }
        return Reconsidered(version: snapshot.version, inputs: inputs, reckoning: reckoning)
    }
}

/// Figures of an earlier file that are planned once more.
struct Reconsidered: Sendable {
    var version: UTCInstant
    var inputs: ExternalInputs
    var reckoning: Reckoning
}
