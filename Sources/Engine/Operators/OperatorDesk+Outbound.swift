import Domain
package import StateStore

/// What a person may decide about documents on their way out.
extension OperatorDesk {
    private var runnerLedger: Ledger { runner.ledger }

    /// Lets a held consignment leave.
    package func approve(_ run: Int64, of flow: OutboundFlow, by who: String, because reason: String = "") async throws -> RunReport {
        try await runner.withLease(on: flow.name, waiting: FlowRunner.patienceOfPeople) { lease in
            let now = runner.timeline.now()
            if let waiting = try runnerLedger.read({ try $0.consignment(run: run) }), waiting.state == .held,
                let objection = try await runner.objection(to: waiting, of: flow)
            {
                throw Diagnostic(
                    "CONSIGNMENT-STALE", "an order in it is not due any more: \(objection)",
                    fix: "discard the run; the next one packs the others anew")
            }
            let consignment = try runnerLedger.write(as: lease) { writer in
                let held = try heldConsignment(run, writer)
                try proveSeen(run: run, writer)
                try writer.set(plan: run, from: .held, to: .approved, by: who)
                try writer.set(consignment: held.id, to: .moving(.packed))
                try writer.set(run: run, to: .approved, verdict: Self.approval(who, reason), at: now)
                try writer.audit("approve", of: "run \(run)", by: who, detail: reason, at: now, digest: digest)
                try noteDecided(run: run, writer)
                return try writer.reader.consignment(held.id) ?? held
            }
            return try await runner.place(consignment, of: flow, lease)
        }
    }

    private func heldConsignment(_ run: Int64, _ writer: LedgerWriter) throws -> Consignment {
        guard let consignment = try writer.reader.consignment(run: run), consignment.state == .held else {
            let state = try writer.reader.run(run).map { "\($0.state.rawValue): \($0.verdict ?? "")" } ?? "unknown"
            throw Diagnostic(
                "RUN-NOT-HELD", "run \(run) is not held but \(state)",
                fix: "only a held run waits for a decision; `tallyman show \(run)` tells how it stands")
        }
        return consignment
    }

    /// Orders documents that have left to leave once more, marked as such in file and ledger. Answers how many.
    ///
    /// The only way by which a document leaves twice (reliability D1).
    package func resend(_ documents: [OutboxDocument], by who: String, because reason: String) throws -> Int {
        let now = runner.timeline.now()
        return try runnerLedger.write(.operators) { writer in
            var count = 0
            for document in documents {
                guard var current = try writer.reader.outboxDocument(flow: document.flow, identity: document.identity),
                    current.standing == .sent, current.resend == nil
                else { continue }
                current.resend = who
                try writer.update(current)
                count += 1
            }
            guard count > 0 || order == nil else {
                throw Diagnostic(
                    "ORDER-NOT-SENT", "nothing to send again: the order is on its way, or ordered again already",
                    fix: "look at the order; nothing was done")
            }
            if count > 0 {
                let subject = documents.prefix(20).map { "\($0.identity)" }.joined(separator: ", ")
                try writer.audit("resend", of: subject, by: who, detail: reason, at: now, digest: digest)
            }
            try noteDecided(run: nil, writer)
            return count
        }
    }
}
