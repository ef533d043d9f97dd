import Domain
import Endpoints
import Engine
import Foundation
import StateStore
import TestKit

/// What operators do, at the shell and in the console. Each deed is a process of its own.
extension SimulatedWorld {
    /// A process that runs one file that a person gives.
    func runByHand(_ drop: Drop, _ bytes: [UInt8]) {
        act { [self] runner, _, process in
            let spooled = try Spool(folder: "\(folder)/spool", timeline: process.timeline).hold(bytes)
            _ = try await runner.run(
                try inbound(drop.flow, process), file: spooled, name: Array(drop.name.utf8), modified: UTCInstant(seconds: stage.clock.seconds),
                cause: "operator")
        }
    }

    func retryErrors() {
        act { [self] runner, ledger, process in
            for (flow, errors) in try openErrors(ledger) {
                _ = try await desk(runner).retry(errors.map(\.id), of: try inbound(flow, process), by: "ann")
            }
        }
    }

    func discardHeld() {
        act { [self] runner, ledger, _ in
            for run in try heldRuns(ledger) { _ = try await desk(runner).discard(run.id, by: "ann") }
        }
    }

    /// A process that does one thing and ends.
    func act(_ faults: Faults = [:], _ body: @escaping (FlowRunner, Ledger, SimulatedProcess) async throws -> Void) {
        let process = newProcess(faults)
        nonisolated(unsafe) let body = body
        process.start { [self] in
            do {
                let ledger = try openLedger(process)
                try await body(try runner(ledger, process), ledger, process)
            } catch {}
        }
    }

    private func desk(_ runner: FlowRunner) -> OperatorDesk { OperatorDesk(runner: runner, digest: Self.digest) }

    private static let digest: @Sendable (String) -> ContentHash = { text in
        ContentHash(digest: [UInt8](repeating: UInt8(text.utf8.count & 255), count: 32))
    }

    private func heldRuns(_ ledger: Ledger) throws -> [Run] { try ledger.read { try $0.recentRuns(limit: 100) }.filter { $0.state == .held } }

    /// By flow, in an order that chance has no part in.
    private func openErrors(_ ledger: Ledger) throws -> [(FlowKind, [QueuedError])] {
        let open = try ledger.read { try $0.errors(limit: 100) }
        return Dictionary(grouping: open, by: \.flow).sorted { $0.key < $1.key }.compactMap { flow, errors in
            FlowKind(rawValue: flow).flatMap { $0 == .orders ? nil : ($0, errors) }
        }
    }

    // MARK: The console

    /// What the console does when a form is sent: it enters an order with the form's token, and leaves.
    func click(_ click: Click, faults: Faults) {
        if case .twice(let once) = click {
            let token = newToken()
            // The second may be under way while the first still is.
            self.enter(once, token, faults)
            return self.enter(once, token, [:])
        }
        enter(click, newToken(), faults)
    }

    private func newToken() -> String { "form \(stage.random.next())" }

    private func enter(_ click: Click, _ token: String, _ faults: Faults) {
        act(faults) { [self] _, ledger, process in
            switch click {
            case .approve: try order(.approve, token, ledger, process)
            case .discard: try order(.discard, token, ledger, process)
            case .retry: try orderRetry(token, ledger, process)
            case .correct(let figure):
                try correct(to: figure, ledger, process)
                try orderRetry(token, ledger, process)
            case .twice: preconditionFailure("a form that is sent twice is one order")
            }
        }
    }

    private func order(_ action: Instruction.Action, _ token: String, _ ledger: Ledger, _ process: SimulatedProcess) throws {
        for run in try heldRuns(ledger) {
            let seen = try ledger.read { try $0.decisionMark(run: run.id) }
            let order = Instruction(
                token: "\(token) \(run.id)", at: process.timeline.now(), who: "ann", action: action, flow: run.flow, subject: .run(run.id),
                seen: seen,
                because: "looked at")
            _ = try ledger.write(.operators) { try $0.order(order) }
        }
    }

    private func orderRetry(_ token: String, _ ledger: Ledger, _ process: SimulatedProcess) throws {
        for (flow, errors) in try openErrors(ledger) {
            let order = Instruction(
                token: "\(token) \(flow.rawValue)", at: process.timeline.now(), who: "ann", action: .retry, flow: flow.rawValue,
                subject: .errors(errors.map(\.id)), seen: "")
            _ = try ledger.write(.operators) { try $0.order(order) }
        }
    }

    private func correct(to figure: Int, _ ledger: Ledger, _ process: SimulatedProcess) throws {
        let desk = desk(try runner(ledger, process))
        for (flow, errors) in try openErrors(ledger) {
            for error in errors {
                guard let line = error.verdict.original.map({ String(decoding: $0, as: UTF8.self) }), line.contains(FileText.unreadable) else {
                    continue
                }
                let corrected = Array(line.replacingOccurrences(of: FileText.unreadable, with: String(figure)).utf8)
                try desk.edit(
                    error.id, to: corrected, kit.profile(flow, isAnnounced: setting.announces), timeZone: "Europe/London", by: "ann")
            }
        }
    }

    /// A process that does nothing but what was ordered.
    func carryOutOrders(faults: Faults) {
        act(faults) { [self] runner, ledger, process in
            for flow in setting.flows { await carryOutOrders(of: flow, runner, ledger, process) }
        }
    }

    func carryOutOrders(of kind: FlowKind, _ runner: FlowRunner, _ ledger: Ledger, _ process: SimulatedProcess) async {
        let means = InstructionDesk.Means { [self] order, errors, desk in
            switch (order.action, order.subject) {
            case (.approve, .run(let run)):
                return [try await desk.approve(run, of: try inbound(kind, process), by: order.who, because: order.because)]
            case (.discard, .run(let run)): return [try await desk.discard(run, by: order.who)]
            default: return try await desk.retry(errors, of: try inbound(kind, process), by: order.who)
            }
        } resume: { [self] _ in
            await run(kind, runner, ledger, process)
        }
        _ = try? await InstructionDesk(desk: desk(runner), means: means).carryOut(flow: kind.rawValue)
    }

    // MARK: Backups

    private var copy: String { "\(folder)/copy.db" }

    func backUp() {
        act { [self] _, ledger, _ in
            try? FileManager.default.removeItem(atPath: copy)
            try ledger.backUp(to: copy)
        }
    }

    /// As docs/operations.md says: nobody is at work; the copy takes the ledger's place; the books learn what the shop holds; every flow is run;
    /// what was received since the copy was made is given again, oldest first.
    func restore() {
        let before = "\(folder)/replaced.db"
        guard stage.living.isEmpty, FileManager.default.fileExists(atPath: copy), !FileManager.default.fileExists(atPath: before) else { return }
        do {
            let present = try Ledger(path: ledgerPath)
            try present.gatherIntoOneFile()
            try present.close()
            for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: ledgerPath + suffix) }
            try FileManager.default.moveItem(atPath: ledgerPath, toPath: before)
            try FileManager.default.copyItem(atPath: copy, toPath: ledgerPath)
            let (old, new) = (try Ledger(path: before), try Ledger(path: ledgerPath))
            try old.read { reader in try new.write(.operators) { try $0.takeOverCalls(of: reader) } }
        } catch { return }
        act { [self] runner, ledger, process in
            for kind in setting.flows { _ = try await Reconciler(runner: runner).reconcile(try inbound(kind, process), scope: .all, sequel: .adopt) }
            for kind in setting.flows { await run(kind, runner, ledger, process) }
            let spool = try Spool(folder: "\(folder)/spool", timeline: process.timeline)
            let old = try Ledger(path: before)
            let since = try ledger.read { restored in try old.read { try SinceBackup(before: $0, restored: restored) } }
            for file in since.files {
                guard let kind = FlowKind(rawValue: file.flow), let bytes = try? spool.content(of: file.hash) else { continue }
                _ = try? await runner.run(
                    try inbound(kind, process), file: try spool.hold(bytes), name: file.name, modified: file.modified, cause: "operator")
            }
        }
    }
}
