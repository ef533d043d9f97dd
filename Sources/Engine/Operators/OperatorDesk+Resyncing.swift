package import Domain
import StateStore

extension FlowRunner {
    /// The cause of a run that sends a value once more because a person asked for it.
    package static let resyncCause = "sent again"
}

/// How a person has a value sent once more that the shop has taken already.
extension OperatorDesk {
    /// Sends what the books hold for a key to the shop again, in a run of its own. Nothing is read from a file: no record stands behind it,
    /// so none is accounted for.
    ///
    /// Throws `VALUE-UNKNOWN` where the books hold nothing for the key, `VALUE-EVENT` for what happened once and is never repeated, and
    /// `VALUE-NOT-IN-SHOP` where the shop does not have the key any more.
    package func resync(
        _ key: RecordKey, entity name: String, of flow: Flow, by who: String, because reason: String,
        progress: @escaping @Sendable (FlowEvent) -> Void = { _ in }
    ) async throws -> RunReport {
        try await runner.withLease(on: flow.name, waiting: FlowRunner.patienceOfPeople) { lease in
            let (entity, entry, held) = try await repeatable(key, entity: name, of: flow)
            let run = try runner.ledger.write(as: lease) { writer in
                guard try Self.held(key, name, writer.reader) == entry else {
                    throw Diagnostic(
                        "VALUE-MOVED", "another run has changed \(entry.key) meanwhile", fix: "look at it, and order it again", kind: .transient)
                }
                let run = try draft(entry, over: held, entity, of: flow, by: who, because: reason, writer)
                try writer.audit("resync", of: "\(name) \(entry.key)", by: who, detail: reason, at: runner.timeline.now(), digest: digest)
                try writer.note(makers: [who], of: run.id)
                try noteDecided(run: run.id, writer)
                return run
            }
            return try await runner.apply(run, of: flow, lease, progress: progress)
        }
    }

    /// The value in the books that can be sent again, and what the shop holds in its place.
    func repeatable(
        _ key: RecordKey, entity name: String, of flow: Flow
    ) async throws -> (entity: FlowEntity, entry: MirrorEntry, held: EncodedValue) {
        guard let entity = flow.entities.first(where: { $0.definition.name == name }) else {
            throw Diagnostic("VALUE-UNKNOWN", "the flow \(flow.name) carries no \(Escaped(name))", fix: "name one of the flow's entities")
        }
        guard entity.definition.feed == .snapshot else {
            throw Diagnostic(
                "VALUE-EVENT", "\(name) are things that happened once, and are not sent again", fix: "look at them with `tallyman why \(key)`")
        }
        let entry = try runner.ledger.read { try Self.held(key, name, $0) }
        let wanted = Change(id: 0, key: entry.key, before: nil, after: entry.value, version: entry.version)
        guard let held = try await entity.applier.readBack([wanted]).first(where: { $0.key == entry.key })?.value else {
            throw Diagnostic(
                "VALUE-NOT-IN-SHOP", "the shop does not have \(entry.key)", fix: "create it in the shop, or correct the code in the ERP")
        }
        return (entity, entry, held)
    }

    private static func held(_ key: RecordKey, _ entity: String, _ reader: LedgerReader) throws -> MirrorEntry {
        guard let entry = try reader.mirror(entity: entity, key: key) else {
            throw Diagnostic(
                "VALUE-UNKNOWN", "the books hold no \(entity) of \(key)",
                fix: "`tallyman why \(key)` shows what is known of it; the next file that names it sends it")
        }
        return entry
    }

    /// A sealed and approved plan of one change. What the shop holds now is what is believed from here on.
    private func draft(
        _ entry: MirrorEntry, over held: EncodedValue, _ entity: FlowEntity, of flow: Flow, by who: String, because reason: String,
        _ writer: LedgerWriter
    ) throws -> Run {
        let now = runner.timeline.now()
        let name = entity.definition.name
        var run = try writer.startRun(flow: flow.name, delivery: nil, cause: FlowRunner.resyncCause, at: now)
        try writer.set(tally: Tally(), run: run.id, entity: name)
        try writer.openPlan(run: run.id, entity: name, mode: .delta, version: entry.version)
        let evidence = "sent again by \(Escaped(who)): \(Escaped(reason, limit: 200)); the shop held \(entity.definition.describe(held))"
        try writer.setMirror(entity: name, key: entry.key, value: held, version: entry.version, change: entry.change)
        try writer.add(
            [
                ChangeDraft(
                    key: entry.key, keyHash: KeyHash.of(entry.key.bytes[...]), before: held, after: entry.value, evidence: evidence, origins: [],
                    reach: .shop)
            ], run: run.id, entity: name, version: entry.version)
        var summary = PlanSummary()
        summary.keys = 1
        summary.updates = 1
        try writer.sealPlan(run: run.id, entity: name, summary: summary, findings: [])
        try writer.set(plan: run.id, entity: name, to: .approved, by: who)
        try writer.set(run: run.id, to: .approved, verdict: "\(entry.key) is sent again by \(Escaped(who))", at: now)
        run.state = .approved
        return run
    }
}
