import Domain
import StateStore

/// Full files of one moment, such as one for each warehouse, replace nothing of each other.
extension FlowRunner {
    /// A held plan is drawn up anew once a file of the same moment, or an older one, has been applied: it was compared with values that are no
    /// longer those of the shop, and what it says of the same products would be lost when it is approved. Where a person has worked on its
    /// rejected records it stays as it is, with their work: what had moved is planned again after the approval (`renewMoved`).
    func renewHeld(
        _ flow: Flow, _ lease: LeaseKeeper, into report: inout FlowReport, progress: @escaping @Sendable (FlowEvent) -> Void
    ) async throws {
        let applied = try ledger.read { reader in
            try report.runs.filter { $0.run.state == .finished || $0.run.state == .scheduled }
                .flatMap { try reader.plans(run: $0.run.id) }.filter { $0.state != .discarded }
        }
        guard !applied.isEmpty else { return }
        for held in try ledger.read({ try $0.openRuns(flow: flow.name) }) where held.state == .held && held.undoes == nil {
            let plans = try ledger.read { try $0.plans(run: held.id) }
            let isBeside = plans.contains { plan in
                plan.state == .held && plan.mode == .full
                    && applied.contains { $0.run != held.id && $0.entity == plan.entity && $0.version <= plan.version }
            }
            guard isBeside, plans.allSatisfy({ $0.state == .held }), let id = held.delivery,
                let delivery = try ledger.read({ try $0.delivery(id) }), delivery.origin != .retry,
                try !ledger.read({ try $0.hasTouchedErrors(run: held.id) })
            else { continue }
            try ledger.write(as: lease) { writer in
                try writer.clearDraft(run: held.id)
                try writer.set(
                    run: held.id, to: .planning, verdict: "a file of the same moment or an older one was applied: planned again", at: timeline.now())
            }
            let renewed = try await plan(held, delivery, of: flow, lease, progress: progress)
            report.runs.removeAll { $0.run.id == held.id }
            report.runs.append(renewed)
        }
    }
}
