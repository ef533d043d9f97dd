package import Domain
package import Endpoints
import StateStore

extension FlowRunner {
    /// What a look at the endpoint without consequences found.
    package struct Preview: Sendable {
        /// What the newest finished file would change; `nil` where none is there.
        package var run: RunReport?
        /// What the files that came before it in its set would change.
        package var others: [RunReport] = []
        /// Files that are there and not finished being written, with the reason.
        package var waitingFiles: [String]

        package init(run: RunReport? = nil, waitingFiles: [String] = []) {
            self.run = run
            self.waitingFiles = waitingFiles
        }
    }

    /// What the newest finished file at the endpoint would change. Nothing is moved, noted as seen, or sent (reliability J1).
    package func preview(
        _ flow: Flow, progress: @escaping @Sendable (FlowEvent) -> Void = { _ in }
    ) async throws -> Preview {
        try await withLease(on: flow.name) { lease in
            progress(.connecting(endpoint: flow.pull.endpoint.name))
            let (newest, waiting) = try await intake(of: flow, lease).peek()
            var preview = Preview(waitingFiles: waiting)
            for file in newest {
                if let earlier = preview.run { preview.others.append(earlier) }
                preview.run = try await self.preview(
                    flow, file: file.spooled, name: file.file.name, modified: file.file.modified, claim: file.claim, lease, progress: progress)
            }
            return preview
        }
    }

    static let previewCause = "preview"

    /// What a given file would change. It takes the flow's turn, so that no run mistakes its half-made plan for one to go on with.
    package func preview(
        _ flow: Flow, file: SpooledFile, name: [UInt8], modified: UTCInstant,
        progress: @escaping @Sendable (FlowEvent) -> Void = { _ in }
    ) async throws -> RunReport {
        try await withLease(on: flow.name) { lease in
            try await preview(flow, file: file, name: name, modified: modified, claim: nil, lease, progress: progress)
        }
    }

    /// A preview whose process died: whoever has the flow's turn clears it away. It is never gone on with.
    func abandonPreview(_ run: Run, _ lease: LeaseKeeper) throws {
        try ledger.write(as: lease) { writer in
            try writer.clearDraft(run: run.id)
            try writer.set(run: run.id, to: .failed, verdict: "the preview was interrupted", at: timeline.now())
        }
    }

    func preview(
        _ flow: Flow, file: SpooledFile, name: [UInt8], modified: UTCInstant, claim: Delivery.Claim?, origin: Delivery.Origin = .file,
        _ lease: LeaseKeeper, progress: @escaping @Sendable (FlowEvent) -> Void
    ) async throws -> RunReport {
        let (delivery, run) = try ledger.write(as: lease) { writer in
            let delivery = try writer.addDelivery(
                flow: flow.name, hash: file.hash, size: file.size, folder: "", name: name, modified: modified,
                received: timeline.now(), origin: origin, claim: claim
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
