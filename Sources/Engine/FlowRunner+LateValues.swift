import Domain
import StateStore

/// Values that were sent and not answered for are looked at once more, when no such call can be under way any more. Where an older call
/// has landed over a newer value, the newer one is sent again (decision 0085).
extension FlowRunner {
    static let lateCause = "late answer"
    /// As many as are read back at once.
    private static let share = 500

    func recallLateValues(
        _ flow: Flow, _ lease: LeaseKeeper, into report: inout FlowReport, progress: @escaping @Sendable (FlowEvent) -> Void
    ) async throws {
        // What a run still sends has its own look; one that waits for a person or a day sends nothing.
        let isSending = report.runs.contains { $0.run.state == .waiting || $0.run.state == .applying || $0.run.state == .approved }
        guard !isSending, try ledger.read({ try $0.hasLateValues(flow: flow.name) }) else { return }
        for entity in flow.entities where entity.definition.feed == .snapshot {
            let name = entity.definition.name
            let due = try ledger.write(as: lease) { writer in
                try writer.dueLateValues(of: name, flow: flow.name, wait: flow.resendAfter, at: ForwardClock(timeline))
            }
            for start in stride(from: 0, to: due.count, by: Self.share) {
                let keys = Array(due[start..<min(start + Self.share, due.count)])
                try await recall(keys, entity, flow, lease, into: &report, progress: progress)
            }
        }
    }

    private func recall(
        _ keys: [RecordKey], _ entity: FlowEntity, _ flow: Flow, _ lease: LeaseKeeper, into report: inout FlowReport,
        progress: @escaping @Sendable (FlowEvent) -> Void
    ) async throws {
        let name = entity.definition.name
        let entries = try ledger.read { reader in try keys.compactMap { try reader.mirror(entity: name, key: $0) } }
        let wanted = entries.map { Change(id: 0, key: $0.key, before: nil, after: $0.value, version: $0.version) }
        let held = Dictionary(
            try await entity.applier.readBack(wanted).map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
        let late = entries.filter { entry in
            // What the shop does not have any more is no value of ours.
            held[entry.key].map { !entity.definition.isSatisfied(entry.value, by: $0) } ?? false
        }
        let settled = Set(keys).subtracting(late.map(\.key))
        try ledger.write(as: lease) { try $0.forgetLateValues(settled.sorted(), of: name) }
        for (version, entries) in Dictionary(grouping: late, by: \.version).sorted(by: { $0.key < $1.key }) {
            report.runs.append(try await resend(entries, told: version, held, entity, flow, lease, progress: progress))
        }
    }

    /// The values go out again in a run of their own: no record stands behind them, so none is accounted for.
    private func resend(
        _ entries: [MirrorEntry], told version: UTCInstant, _ held: [RecordKey: EncodedValue], _ entity: FlowEntity, _ flow: Flow,
        _ lease: LeaseKeeper, progress: @escaping @Sendable (FlowEvent) -> Void
    ) async throws -> RunReport {
        let name = entity.definition.name
        let run = try ledger.write(as: lease) { writer in
            let run = try writer.startRun(flow: flow.name, delivery: nil, cause: Self.lateCause, at: timeline.now())
            try writer.set(tally: Tally(), run: run.id, entity: name)
            return run
        }
        var draft = PlanDraft(ledger: ledger, lease: lease, run: run.id, entity: name)
        try draft.open(mode: .delta, version: version)
        for entry in entries.sorted(by: { $0.key < $1.key }) {
            let found = held[entry.key].map { entity.definition.describe($0) } ?? "nothing"
            try draft.add(
                ChangeDraft(
                    key: entry.key, keyHash: KeyHash.of(entry.key.bytes[...]), before: held[entry.key], after: entry.value,
                    evidence: "sent again: the shop holds \(found), by a call that it had not answered", origins: [], reach: .shop))
        }
        try draft.seal(records: 0, unchanged: 0, summary: PlanSummary(), findings: []) { writer in
            // From here on the plan holds what is wanted, and the mirror what is there.
            for entry in entries {
                guard let value = held[entry.key] else { continue }
                try writer.setMirror(entity: name, key: entry.key, value: value, version: entry.version, change: entry.change)
            }
            try writer.set(run: run.id, to: .applying, verdict: "planned, being applied", at: timeline.now())
        }
        return try await apply(run, of: flow, lease, progress: progress)
    }
}
