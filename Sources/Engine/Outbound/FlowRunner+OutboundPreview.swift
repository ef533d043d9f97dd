import Domain
import Endpoints
import Formats
import StateStore

extension FlowRunner {
    /// What would leave now, at most one file of it, with the very bytes in the spool. Nothing is noted or sent, and no number is used.
    /// `nil` where nothing is due.
    package func preview(
        _ flow: OutboundFlow, progress: @escaping @Sendable (FlowEvent) -> Void = { _ in }
    ) async throws -> RunReport? {
        try await withLease(on: flow.name) { lease in
            progress(.observing(entity: flow.maker.name))
            let due = try await dueDocuments(of: flow, lease)
            guard !due.isEmpty else { return nil }
            let stage = PackStage(
                ledger: ledger, flow: flow, spool: spool, timeline: timeline, lease: lease, cause: Self.previewCause, unchanged: 0
            )
            var gathered = PackStage.Gathered()
            let fetched = try await flow.source.fetch(due.map(\.place))
            let byPlace = Dictionary(fetched.map { ($0.observation.place, $0) }, uniquingKeysWith: { _, last in last })
            for document in due { stage.judge(document, byPlace[document.place], into: &gathered) }
            let run = try stage.note(preview: gathered)
            return try report(on: run.id)
        }
    }

    /// What is known to be due and what a sweep adds to it, up to one file.
    private func dueDocuments(of flow: OutboundFlow, _ lease: LeaseKeeper) async throws -> [OutboxDocument] {
        let limit = flow.profile.holdsOneDocument ? 1 : flow.push.batch
        let name = flow.name
        var due = try ledger.read { try $0.outboxCandidates(flow: name, after: 0, limit: limit) }
        let sweep = SweepStage(ledger: ledger, flow: flow, timeline: timeline, lease: lease)
        _ = try await flow.source.sweep(since: try sweep.start().since) { page in
            for observation in page where due.count < limit && observation.readiness == .ready {
                let known = try ledger.read { try $0.outboxDocument(flow: name, identity: observation.identity) }
                guard known == nil || known?.standing == .waiting, !due.contains(where: { $0.identity == observation.identity }) else {
                    continue
                }
                due.append(
                    OutboxDocument(
                        id: known?.id ?? 0, flow: name, identity: observation.identity, place: observation.place,
                        modified: observation.modified, standing: .due)
                )
            }
        }
        return due
    }
}

extension PackStage {
    /// A run to be looked at, never to be carried out.
    func note(preview gathered: Gathered) throws -> Run {
        let now = timeline.now()
        let packed = try pack(gathered.accepted, at: now)
        return try ledger.write(as: lease) { writer in
            let delivery = try packed.map { try add($0, writer, at: now) }
            let run = try writer.startRun(flow: flow.name, delivery: delivery?.id, cause: cause, at: now)
            var tally = account(gathered, [])
            tally[.rejected] = gathered.refused.count
            tally.read = tally.counts.values.reduce(0, +)
            try writer.set(tally: tally, run: run.id, entity: flow.maker.name)
            for (index, refused) in gathered.refused.enumerated() {
                let verdict = RecordVerdict(
                    outcome: .rejected,
                    origin: RecordOrigin(number: gathered.accepted.count + index + 1, line: 0, offset: 0, length: 0),
                    key: refused.document.identity, reason: refused.reason, original: nil
                )
                try writer.add(verdict, run: run.id, entity: flow.maker.name)
            }
            if let packed { try draft(packed, gathered.accepted, run, writer, at: now) }
            try writer.dismissErrors(run: run.id)
            let verdict = packed.map { "\($0.name) would leave, \($0.spooled.size) bytes, at \($0.spooled.path)" } ?? "nothing would leave"
            try writer.set(run: run.id, to: .previewed, verdict: verdict, at: now)
            return try writer.reader.run(run.id) ?? run
        }
    }
}
