package import Domain
package import Endpoints
import StateStore

extension FlowRunner {
    /// What the newest finished file at the endpoint would change. Nothing is moved, noted as seen, or sent (reliability J1).
    /// `nil` where no file is there.
    package func preview(
        _ flow: Flow, progress: @escaping @Sendable (FlowEvent) -> Void = { _ in }
    ) async throws -> RunReport? {
        let pull = flow.pull
        let spool = spool
        progress(.connecting(endpoint: pull.endpoint.name))
        let found = try await pull.endpoint.withSession { session -> (SpooledFile, RemoteFile)? in
            var newest: RemoteFile?
            try session.list(folder: pull.folder) { file in
                guard pull.selection.judge(file) == .selected else { return }
                if newest.map({ $0.modified < file.modified }) ?? true { newest = file }
            }
            guard let newest else { return nil }
            let path = RemotePath(folder: pull.folder, name: newest.name)
            return (try spool.receive(newest, at: path, limit: pull.maximumSize, session: session), newest)
        }
        guard let (spooled, file) = found else { return nil }
        return try await preview(flow, file: spooled, name: file.name, modified: file.modified, progress: progress)
    }

    static let previewCause = "preview"

    /// What a given file would change. It takes the flow's turn, so that no run mistakes its half-made plan for one to go on with.
    package func preview(
        _ flow: Flow, file: SpooledFile, name: [UInt8], modified: UTCInstant,
        progress: @escaping @Sendable (FlowEvent) -> Void = { _ in }
    ) async throws -> RunReport {
        try await withLease(on: flow.name) { lease in
            try await preview(flow, file: file, name: name, modified: modified, lease, progress: progress)
        }
    }

    /// A preview whose process died: whoever has the flow's turn clears it away. It is never gone on with.
    func abandonPreview(_ run: Run, _ lease: LeaseKeeper) throws {
        try ledger.write(as: lease) { writer in
            try writer.clearDraft(run: run.id)
            try writer.set(run: run.id, to: .failed, verdict: "the preview was interrupted", at: timeline.now())
        }
    }

    private func preview(
        _ flow: Flow, file: SpooledFile, name: [UInt8], modified: UTCInstant, _ lease: LeaseKeeper,
        progress: @escaping @Sendable (FlowEvent) -> Void
    ) async throws -> RunReport {
        let (delivery, run) = try ledger.write(as: lease) { writer in
            let delivery = try writer.addDelivery(
                flow: flow.name, hash: file.hash, size: file.size, folder: "", name: name, modified: modified,
                received: timeline.now(), origin: .file
            )
            return (
                delivery,
                try writer.startRun(flow: flow.name, delivery: delivery.id, cause: Self.previewCause, at: timeline.now())
            )
        }
        let stage = PlanStage(ledger: ledger, flow: flow, workFolder: workFolder, timeline: timeline, lease: lease)
        do {
            _ = try await stage.plan(
                run, delivery, file: file.path, purpose: .preview, progress: progress
            )
        } catch {
            try ledger.write(as: lease) { writer in
                try writer.clearDraft(run: run.id)
                let text = (error as? Diagnostic).map { "\($0.code): \($0.summary)" } ?? "\(error)"
                try writer.set(run: run.id, to: .failed, verdict: text, at: timeline.now())
            }
            throw error
        }
        return try report(on: run.id)
    }
}
