import Domain
package import StateStore

/// Carries out what people ordered in the console, one order of a flow after the other.
///
/// A lease of its own says whose turn it is, so that `serve`, `tallyman act` and `tallyman run` may all look and one does the work. Safe to kill
/// at any instruction (decision 0132).
package struct InstructionDesk: Sendable {
    /// How an order is carried out; what it needs of shop and settings is the caller's.
    package struct Means: Sendable {
        /// Decides, and brings the run that follows to its rest. The desk it gets enters the order's end with the decision.
        package var carryOut: @Sendable (Instruction, [Int64], OperatorDesk) async throws -> [RunReport]
        /// Goes on with what a process that died has left of the flow.
        package var resume: @Sendable (_ flow: String) async throws -> Void

        package init(
            carryOut: @escaping @Sendable (Instruction, [Int64], OperatorDesk) async throws -> [RunReport],
            resume: @escaping @Sendable (String) async throws -> Void
        ) {
            self.carryOut = carryOut
            self.resume = resume
        }
    }

    private let desk: OperatorDesk
    private let means: Means

    package init(desk: OperatorDesk, means: Means) {
        self.desk = desk
        self.means = means
    }

    private var ledger: Ledger { desk.runner.ledger }
    private var timeline: Timeline { desk.runner.timeline }

    /// Whose turn it is at a flow's orders; no flow can bear this name.
    package static func leaseName(_ flow: String) -> String { "(orders of \(flow))" }

    /// Carries out every order of a flow that waits; answers those that came to an end. Returns at once where there is none, where another
    /// process is at it, and where the flow itself is at work: the order then waits for the next look.
    /// - Parameter rest: how long one that was put back rests before it is tried again.
    package func carryOut(flow: String, rest: Duration = .zero) async throws -> [Instruction] {
        guard try ledger.read({ try !$0.openInstructions(flow: flow).isEmpty }) else { return [] }
        guard let kept = try await desk.runner.holder.take(Self.leaseName(flow), of: ledger, timeline: timeline) else { return [] }
        var done: [Instruction] = []
        do {
            while let order = try ledger.write(as: kept.lease, { try $0.takeInstruction(flow: flow, at: timeline.now(), rest: rest) }) {
                guard try await carryOut(order, kept.lease) else { break }
                if let ended = try ledger.read({ try $0.instruction(order.id) }) { done.append(ended) }
            }
            try kept.end()
        } catch {
            if error is Diagnostic || error is CancellationError { try? kept.end() } else { kept.abandon() }
            throw error
        }
        return done
    }

    /// Answers whether it came to an end.
    private func carryOut(_ order: Instruction, _ lease: LeaseKeeper) async throws -> Bool {
        do {
            // What was taken or decided before was left by a process that died: its run goes on as any run.
            // A flow that was ordered to run goes on by running, and in the name of whoever ordered it.
            if order.state != .waiting && order.action != .run { try await means.resume(order.flow) }
            if order.state == .decided {
                try end(order, .done, try summary(order), lease)
                return true
            }
            let errors = try remaining(order)
            if errors.isEmpty, order.action == .retry {
                try end(order, .done, "none of the records waits any more", lease)
                return true
            }
            let reports = try await means.carryOut(order, errors, desk.deciding(order))
            try end(order, .done, Self.words(reports), lease)
            return true
        } catch let diagnostic as Diagnostic {
            return try settle(order, diagnostic, lease)
        }
    }

    private func settle(_ order: Instruction, _ diagnostic: Diagnostic, _ lease: LeaseKeeper) throws -> Bool {
        let text = "\(diagnostic.code): \(diagnostic.summary)"
        let state = try ledger.read { try $0.instruction(order.id)?.state }
        if state == .decided {
            // The decision stands; what stopped its run is the run's own matter, and it is resumed as any other.
            try end(order, .done, "decided; \(text)", lease)
            return true
        }
        switch diagnostic.kind {
        // What is wrong with our own copy of a file does not pass by itself: the order would wait for ever.
        case .transient where DiagnosticCatalogue.blame(of: diagnostic.code) == .copy:
            try end(order, .failed, text + ". " + diagnostic.fix, lease)
            return true
        case .transient, .throttled, .ambiguous:
            try ledger.write(as: lease) { try $0.putBack(instruction: order.id, text) }
            return false
        case .permanent, .unauthorised:
            try end(order, diagnostic.kind == .unauthorised ? .failed : .refused, text + ". " + diagnostic.fix, lease)
            return true
        }
    }

    private func end(_ order: Instruction, _ state: Instruction.State, _ text: String, _ lease: LeaseKeeper) throws {
        try ledger.write(as: lease) { try $0.end(instruction: order.id, as: state, text, at: timeline.now()) }
    }

    /// The records of an order that still wait: frozen at the click, less those that were settled since.
    private func remaining(_ order: Instruction) throws -> [Int64] {
        try ledger.read { reader in
            switch order.subject {
            case .run, .undo, .documents, .value, .flow, .delivery: return []
            case .errors(let ids): return try ids.filter { try reader.error($0)?.state == .open }
            case .cause(let key, let through): return try reader.openErrorNumbers(of: key, through: through)
            }
        }
    }

    private func summary(_ order: Instruction) throws -> String {
        guard let run = try ledger.read({ try $0.instruction(order.id)?.run }) else { return "done" }
        return Self.words([try desk.runner.report(on: run)])
    }

    /// `run 815 finished: 190 applied, 3 rejected`.
    static func words(_ reports: [RunReport]) -> String {
        guard !reports.isEmpty else { return "done, and nothing was to do" }
        return reports.map { report in
            let counts = Outcome.allCases.compactMap { outcome -> String? in
                let count = report.tallies.reduce(0) { $0 + $1.tally[outcome] }
                return count > 0 ? "\(count) \(outcome.rawValue)" : nil
            }
            return "run \(report.run.id) \(report.run.state.rawValue)" + (counts.isEmpty ? "" : ": " + counts.joined(separator: ", "))
        }.joined(separator: "; ")
    }
}
