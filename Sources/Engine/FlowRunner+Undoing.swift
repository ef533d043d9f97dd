import Domain
import StateStore

extension FlowRunner {
    /// Puts back what a run changed. The flow's next plans of these entities wait for a person.
    func undo(
        _ run: Run, of flow: Flow, by who: String, because: String? = nil, _ lease: LeaseKeeper, alongside: (LedgerWriter) throws -> Void = { _ in },
        progress: @escaping @Sendable (FlowEvent) -> Void
    ) async throws -> RunReport {
        let now = timeline.now()
        let undo = try ledger.write { writer in
            try lease.prove(writer)
            let entities = try writer.reader.plans(run: run.id).map(\.entity)
            let undo = try Undoing(run: run, flow: flow, cause: "run \(run.id) is taken back by \(who)").draft(writer, now: now)
            let text = "run \(run.id) was taken back by \(who); approve once the file is right"
            for entity in entities { try writer.lock(flow: flow.name, entity: entity, because: text, at: now) }
            if run.state.isOpen {
                let text = "taken back by run \(undo.id)" + (because.map { ": \($0)" } ?? "")
                try writer.set(run: run.id, to: .discarded, verdict: text, at: now)
            }
            try alongside(writer)
            return undo
        }
        return try await apply(undo, of: flow, lease, progress: progress)
    }

    /// A stranger saw what must not be seen: nothing more is sent, and what was sent is put back at once (reliability V1).
    func takeBack(
        _ run: Run, of flow: Flow, entity: String, because views: [String], _ lease: LeaseKeeper,
        progress: @escaping @Sendable (FlowEvent) -> Void
    ) async throws -> RunReport {
        var stopped = run
        stopped.state = .applying
        let seen = "\(entity): " + views.prefix(5).joined(separator: "; ")
        let undone = try await undo(stopped, of: flow, by: "the guest check", because: seen, lease, progress: progress)
        var report = try report(on: run.id)
        report.trouble = Diagnostic(
            "GUEST-SEES", seen,
            hint: "the values were put back by run \(undone.run.id) (\(undone.run.state.rawValue)); correct the price list or its mapping, then approve the next plan",
            kind: .permanent
        )
        return report
    }
}
