import Domain
import StateStore

/// How a person sets any open run aside, whatever it waits for. No shop and no endpoint is needed: whoever has to do it may have neither.
extension OperatorDesk {
    /// Ends an open run: nothing more of it is ever applied, and files behind it are read. What was applied stays. The same file is
    /// planned again if it comes again.
    package func discard(_ id: Int64, by who: String) async throws -> RunReport {
        guard let run = try runner.ledger.read({ try $0.run(id) }) else {
            throw Diagnostic("RUN-UNKNOWN", "there is no run \(id)", fix: "`tallyman runs` lists them")
        }
        if try runner.ledger.read({ try $0.consignment(run: id) }) != nil { return try await discardOutbound(run, by: who) }
        // A held plan is nobody's work; everything else may be under way in another process.
        let isDone = try runner.ledger.write(.operators) { writer in
            guard try writer.reader.run(id)?.state == .held else { return false }
            try discard(id, by: who, writer)
            return true
        }
        if !isDone {
            try await runner.withLease(on: run.flow, waiting: FlowRunner.patienceOfPeople) { lease in
                try runner.ledger.write(as: lease) { try discard(id, by: who, $0) }
            }
        }
        return try runner.report(on: id)
    }

    private func discard(_ id: Int64, by who: String, _ writer: LedgerWriter) throws {
        guard let run = try writer.reader.run(id), run.state.isOpen else { throw try Self.notOpen(id, writer.reader) }
        try proveSeen(run: id, writer)
        let now = runner.timeline.now()
        let text = "discarded by \(Escaped(who))"
        switch run.state {
        case .held:
            for plan in try writer.reader.plans(run: id) where plan.state == .held {
                try writer.settleRest(of: id, entity: plan.entity, as: .superseded, because: text, now: now)
                try writer.set(plan: id, entity: plan.entity, to: .discarded, by: who)
            }
            // What the run's other entities have for later days still waits for them.
            let isScheduled = try writer.reader.schedule(run: id) != nil
            try writer.set(run: id, to: isScheduled ? .scheduled : .discarded, verdict: text, at: now)
        case .planning:
            try writer.clearDraft(run: id)
            // Rejected records that were tried again have not been tried: they wait as before.
            try writer.reopenErrors(settledBy: id)
            try writer.set(run: id, to: .discarded, verdict: "\(text) before anything was applied", at: now)
        case .approved, .applying, .waiting, .scheduled, .finished, .discarded, .failed, .previewed:
            try discardRest(of: run, by: who, because: text, writer, at: now)
        }
        let because = order.map { ", because: \($0.because)" } ?? ""
        try writer.audit("discard", of: "run \(id)", by: who, detail: run.state.rawValue + because, at: now, digest: digest)
        try noteDecided(run: id, writer)
    }

    /// The run's plans end where they are. A call that has no answer may still take effect: the verdict says so.
    private func discardRest(of run: Run, by who: String, because text: String, _ writer: LedgerWriter, at now: UTCInstant) throws {
        var rest = 0
        for plan in try writer.reader.plans(run: run.id) where plan.state != .settled && plan.state != .discarded {
            rest += try writer.reader.tally(run: run.id, entity: plan.entity)?[.deferred] ?? 0
            try writer.settleRest(of: run.id, entity: plan.entity, as: .superseded, because: text, now: now)
            try writer.set(plan: run.id, entity: plan.entity, to: .discarded, by: who)
        }
        // Values for later days stand in plans that are settled otherwise.
        try writer.settleRest(of: run.id, as: .superseded, because: text, now: now)
        let open = try writer.reader.openCallCount(of: run.id)
        let late = open > 0 ? "; \(open) calls have no answer and may still take effect in the shop" : ""
        try writer.set(
            run: run.id, to: .discarded, verdict: "\(text) with \(rest) records not applied; what was applied stays\(late)", at: now)
    }

    /// Takes a consignment apart that has not begun to leave: its documents are due again, its number is the next one's.
    private func discardOutbound(_ run: Run, by who: String) async throws -> RunReport {
        try await runner.withLease(on: run.flow, waiting: FlowRunner.patienceOfPeople) { lease in
            let now = runner.timeline.now()
            try runner.ledger.write(as: lease) { writer in
                guard let consignment = try writer.reader.consignment(run: run.id) else { throw try Self.notOpen(run.id, writer.reader) }
                switch consignment.state {
                case .held, .moving(.packed): break
                default:
                    throw Diagnostic(
                        "RUN-NOT-OPEN", "the file of run \(run.id) may stand in the ERP's folder already (\(consignment.state.word))",
                        fix: "its orders would leave twice; look into the folder, and at `tallyman consignments` for what it waits for")
                }
                try proveSeen(run: run.id, writer)
                let text = "discarded by \(Escaped(who))"
                try writer.discard(consignment, because: text)
                try writer.settleRest(of: run.id, as: .superseded, because: text, now: now)
                for plan in try writer.reader.plans(run: run.id) { try writer.set(plan: run.id, entity: plan.entity, to: .discarded, by: who) }
                try writer.set(run: run.id, to: .discarded, verdict: text, at: now)
                try writer.audit("discard", of: "run \(run.id)", by: who, detail: order?.because ?? "", at: now, digest: digest)
                try noteDecided(run: run.id, writer)
            }
            return try runner.report(on: run.id)
        }
    }

    private static func notOpen(_ id: Int64, _ reader: LedgerReader) throws -> Diagnostic {
        let state = try reader.run(id).map { "\($0.state.rawValue): \($0.verdict ?? "")" } ?? "unknown"
        return Diagnostic(
            "RUN-NOT-OPEN", "run \(id) is not open but \(state)", fix: "only an open run can be set aside; `tallyman show \(id)` tells how it stands"
        )
    }
}
