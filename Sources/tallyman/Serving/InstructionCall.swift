import Domain
import Engine
import StateStore

/// Carries out what people ordered in the console: the one way of `serve`, `tallyman act` and `tallyman run`.
struct InstructionCall {
    let assembly: Assembly
    let ledger: Ledger

    /// Answers what came to an end. Cheap where nothing waits: one look at an index that is empty.
    /// - Parameter rest: how long an order that could not be carried out rests before it is tried again.
    func carryOut(flow name: String, rest: Duration = .zero) async throws -> [Instruction] {
        guard try ledger.read({ try !$0.openInstructions(flow: name).isEmpty }) else { return [] }
        let desk = assembly.desk(try assembly.runner(ledger))
        let means = InstructionDesk.Means { order, errors, desk in
            try await carryOut(order, errors, desk)
        } resume: { flow in
            _ = try await FlowCall(assembly: assembly, ledger: ledger).run(flow, cause: "schedule", patience: .zero)
        }
        return try await InstructionDesk(desk: desk, means: means).carryOut(flow: name, rest: rest)
    }

    private func carryOut(_ order: Instruction, _ errors: [Int64], _ desk: OperatorDesk) async throws -> [RunReport] {
        try assembly.proveHome(ledger)
        switch (order.action, order.subject) {
        case (.discard, .run(let run)): return [try await desk.discard(run, by: order.who)]
        case (.approve, .run(let run)):
            return try await assembly.withShop { shop in
                if try assembly.isOutbound(order.flow) {
                    return [
                        try await desk.approve(
                            run, of: try await assembly.outboundFlow(order.flow, shop, ledger), by: order.who, because: order.because)
                    ]
                }
                return [try await desk.approve(run, of: try await assembly.flow(order.flow, shop, ledger), by: order.who, because: order.because)]
            }
        case (.retry, _):
            return try await assembly.withShop { shop in
                guard try assembly.isOutbound(order.flow) else {
                    return try await desk.retry(errors, of: try await assembly.flow(order.flow, shop, ledger), by: order.who)
                }
                // Every run tries every waiting order again: an order that is taken once more after a crash does no harm.
                return try await assembly.runner(ledger).run(try await assembly.outboundFlow(order.flow, shop, ledger), cause: "retry").runs
            }
        case (.rollback, .undo(let run, let entities)):
            return try await assembly.withShop { shop in
                [
                    try await desk.rollback(
                        run, entities: Set(entities), of: try await assembly.flow(order.flow, shop, ledger), by: order.who, because: order.because)
                ]
            }
        case (.resync, .value(let entity, let key)):
            return try await assembly.withShop { shop in
                [
                    try await desk.resync(
                        key, entity: entity, of: try await assembly.flow(order.flow, shop, ledger), by: order.who, because: order.because)
                ]
            }
        case (.resend, .documents(let numbers)):
            let documents = try ledger.read { reader in try numbers.compactMap { try reader.outboxDocument(flow: order.flow, identity: $0) } }
            _ = try desk.resend(documents, by: order.who, because: order.because)
            return try await assembly.withShop { shop in
                try await assembly.runner(ledger).run(try assembly.outboundFlow(order.flow, shop, ledger), cause: "resend").runs
            }
        case (.run, .flow(let despiteMaintenance)):
            let now = assembly.timeline.now()
            if let pause = try ledger.read({ try $0.pause(of: order.flow, at: now) }) {
                throw Diagnostic("FLOW-PAUSED", pause.text, fix: "resume it first, or wait for the end of the pause")
            }
            if !despiteMaintenance, let end = assembly.settings.service.plan.maintenance.end(for: order.flow, at: now) {
                throw Diagnostic("FLOW-CLOSED", "\(order.flow) is in maintenance until \(end)", fix: "order it again with the box ticked, or wait")
            }
            let call = FlowCall(assembly: assembly, ledger: ledger)
            let report = try await call.run(order.flow, cause: Run.cause(orderedBy: order.who), patience: .seconds(60))
            if let trouble = report.trouble, report.runs.isEmpty { throw trouble }
            return report.runs
        case (.upload, .delivery(let id)):
            guard let delivery = try ledger.read({ try $0.delivery(id) }) else {
                throw Diagnostic("FILE-GONE", "the file of order \(order.id) is not known any more", fix: "bring it again")
            }
            let report = try await assembly.withShop { shop in
                try await assembly.runner(ledger).run(try await assembly.flow(order.flow, shop, ledger), uploaded: delivery, by: order.who)
            }
            try desk.noteMade(report.run.id)
            return [report]
        case (.compare, .flow):
            let call = ReconcileCall(assembly: assembly, ledger: ledger)
            if try assembly.isOutbound(order.flow) {
                _ = try await call.orders(of: order.flow, days: 1)
            } else {
                _ = try await call.values(of: order.flow, .sample(500), .report)
                _ = try await call.sale(of: order.flow, .sample(500), .report)
            }
            return []
        case (.adopt, .flow):
            _ = try await ReconcileCall(assembly: assembly, ledger: ledger).values(of: order.flow, .all, .adopt)
            return []
        case (.sell, .flow):
            _ = try await ReconcileCall(assembly: assembly, ledger: ledger).sale(of: order.flow, .all, .mend)
            return []
        case (.discard, _), (.approve, _), (.adopt, _), (.sell, _), (.rollback, _), (.resync, _), (.resend, _), (.run, _), (.upload, _),
            (.compare, _):
            throw Diagnostic(
                "INSTRUCTION-CLOSED", "order \(order.id) names nothing that it can be about", fix: "order it again on the page of the thing")
        }
    }
}

extension Assembly {
    /// Whether a process serves this ledger: then it carries out at once what is ordered.
    func isServed(_ ledger: Ledger) throws -> Bool {
        try ledger.heldLeases().contains { $0.flow == ServiceCore.leaseName && holder.standing(of: $0) == .alive }
    }
}
