package import Domain
package import StateStore
package import Formats

/// What a person may decide: approve or discard a held plan, retry, edit or dismiss rejected records.
///
/// Each decision is one transaction with its audit entry, and then the same code path as an automatic run. Pressing twice
/// is pressing once: the second finds nothing open and says so.
package struct OperatorDesk: Sendable {
    let runner: FlowRunner
    let digest: @Sendable (String) -> ContentHash
    /// The order of the console that this desk carries out.
    var order: Instruction?

    package init(runner: FlowRunner, digest: @escaping @Sendable (String) -> ContentHash) {
        self.runner = runner
        self.digest = digest
    }

    private var ledger: Ledger { runner.ledger }
    private var now: UTCInstant { runner.timeline.now() }

    /// Applies a held plan.
    ///
    /// - Parameter reason: why, for the audit; empty where nobody asked.
    package func approve(
        _ run: Int64, of flow: Flow, by who: String, because reason: String = "", progress: @escaping @Sendable (FlowEvent) -> Void = { _ in }
    ) async throws -> RunReport {
        try await runner.withLease(on: flow.name, waiting: FlowRunner.patienceOfPeople) { lease in
            let held = try ledger.write(as: lease) { writer in
                let held = try heldRun(run, writer)
                try proveSeen(run: run, writer)
                for plan in try writer.reader.plans(run: run) where plan.state == .held {
                    try writer.unlock(flow: flow.name, entity: plan.entity)
                }
                try writer.set(plan: run, from: .held, to: .approved, by: who)
                try writer.set(run: run, to: .approved, verdict: Self.approval(who, reason), at: now)
                try writer.audit("approve", of: "run \(run)", by: who, detail: reason, at: now, digest: digest)
                try noteDecided(run: run, writer)
                return held
            }
            let applied = try await runner.apply(held, of: flow, lease, progress: progress)
            var report = FlowReport(flow: flow.name)
            report.runs = [applied]
            try await runner.renewMoved(flow, lease, into: &report, progress: progress)
            try await runner.renewHeld(flow, lease, into: &report, progress: progress)
            return applied
        }
    }

    static func approval(_ who: String, _ reason: String) -> String {
        "approved by \(Escaped(who))" + (reason.isEmpty ? "" : ": \(Escaped(reason, limit: 200))")
    }

    /// Writes down a decision that changes no record.
    package func note(_ action: String, of subject: String, by who: String) throws {
        try ledger.write(.operators) { try $0.audit(action, of: subject, by: who, at: now, digest: digest) }
    }

    /// The same inside a transaction of the caller's.
    package func note(_ action: String, of subject: String, by who: String, because reason: String = "", in writer: LedgerWriter) throws {
        try writer.audit(action, of: subject, by: who, detail: reason, at: now, digest: digest)
    }

    /// Checks the log of decisions from its first entry to its last.
    package func checkAudit(expecting hash: String? = nil) throws -> AuditCheck {
        try ledger.read { try $0.checkAudit(expecting: hash, digest: digest) }
    }

    private func heldRun(_ id: Int64, _ writer: LedgerWriter) throws -> Run {
        guard let run = try writer.reader.run(id) else {
            throw Diagnostic("RUN-UNKNOWN", "there is no run \(id)", fix: "`tallyman runs` lists them")
        }
        guard run.state == .held else {
            throw Diagnostic(
                "RUN-NOT-HELD", "run \(id) is not held but \(run.state.rawValue): \(run.verdict ?? "")",
                fix: "only a held run waits for a decision; `tallyman show \(id)` tells how it stands"
            )
        }
        return run
    }

    /// Replaces the bytes of a rejected record; they are used when it is retried. The original stays.
    /// - Throws: `EDIT-LINE` where the new line could not be read either, such as one with too few cells.
    package func edit(_ error: Int64, to bytes: [UInt8], _ profile: Profile, timeZone: String, by who: String) throws {
        try prove(bytes, for: error, profile, timeZone: timeZone)
        try ledger.write(.operators) { writer in
            _ = try openError(error, writer.reader)
            try writer.edit(error: error, to: bytes, by: who)
            try writer.audit("edit", of: "error \(error)", by: who, at: now, digest: digest)
        }
    }

    /// The same inside a transaction of the caller's, for bytes that were proven with a `RecordBench`. Throws `CONSOLE-STALE` where the record is
    /// not what was shown, as `mark` says.
    package func edit(
        _ error: Int64, to bytes: [UInt8], seen: String, by who: String, _ writer: LedgerWriter, mark: (QueuedError) -> String
    ) throws {
        let queued = try openError(error, writer.reader)
        guard mark(queued) == seen else {
            throw Diagnostic("CONSOLE-STALE", "somebody else has corrected error \(error)", fix: "look at it as it is now; nothing was done")
        }
        try writer.edit(error: error, to: bytes, by: who)
        try writer.audit("edit", of: "error \(error)", by: who, at: now, digest: digest)
    }

    /// One value put in place of another in many records: all of them or none, with one entry of the audit. Throws `CONSOLE-STALE` where one is
    /// not what was shown, as `mark` says.
    package func replace(
        _ edits: [(error: Int64, bytes: [UInt8], seen: String)], by who: String, because reason: String, _ writer: LedgerWriter,
        mark: (QueuedError) -> String
    ) throws {
        for edit in edits {
            guard let queued = try writer.reader.error(edit.error), queued.state == .open, mark(queued) == edit.seen else {
                throw Diagnostic(
                    "CONSOLE-STALE", "error \(edit.error) was corrected or settled meanwhile", fix: "look at them as they are now; nothing was done")
            }
            try writer.edit(error: edit.error, to: edit.bytes, by: who)
        }
        let subject = "errors \(edits.map { "\($0.error)" }.joined(separator: ", "))"
        try writer.audit("replace", of: subject, by: who, detail: reason, at: now, digest: digest)
    }

    private func prove(_ bytes: [UInt8], for error: Int64, _ profile: Profile, timeZone: String) throws {
        let delivery = try ledger.read { reader in
            try reader.run(try openError(error, reader).run)?.delivery.flatMap { try reader.delivery($0) }
        }
        // A file that is no longer here cannot be retried either; that is told then.
        guard let delivery, let head = try? RetryDelivery.head(of: delivery, in: runner.spool, profile, timeZone: timeZone),
            let content = try? profile.rejoined(head: head, records: [bytes])
        else { return }
        var found: [RejectReason] = []
        var context = ReadContext(fileName: delivery.displayName, modified: delivery.modified, timeZone: timeZone)
        context.headerTellsCount = true
        let proof = try profile.check(MemoryByteSource(content), context: context) { found.append($1) }
        if let reason = found.first {
            throw Diagnostic(
                "EDIT-LINE", "the new line would be rejected as well: \(reason.code): \(reason.text)",
                fix: "\(reason.fix); the line of error \(error) was left as it was")
        }
        guard proof.records == 1 else {
            throw Diagnostic(
                "EDIT-LINE", "the new line is \(proof.records) records", fix: "give one whole line; the line of error \(error) was left as it was")
        }
    }

    package func dismiss(_ errors: [Int64], by who: String, because reason: String) throws -> Int {
        try ledger.write(.operators) { writer in
            // All or none: a number that was mistyped is no success.
            for id in errors where try writer.reader.error(id) == nil { _ = try openError(id, writer.reader) }
            let closed = try writer.close(errors: errors, as: .dismissed, by: nil)
            if closed == 0, let first = errors.first { _ = try openError(first, writer.reader) }
            let subject = "errors \(errors.map(String.init).joined(separator: ", "))"
            if closed > 0 { try writer.audit("dismiss", of: subject, by: who, detail: reason, at: now, digest: digest) }
            return closed
        }
    }

    /// A person has put right in the shop what was there twice.
    package func dealWith(doubles: [Int64], by who: String) throws {
        try ledger.write(.operators) { writer in
            for id in doubles {
                guard try writer.dealWith(doubled: id) else {
                    throw Diagnostic(
                        "DOUBLE-UNKNOWN", "there is no double \(id) that waits", fix: "`tallyman doubles` lists them; nothing was changed")
                }
                try writer.audit("dealt with", of: "double \(id)", by: who, at: now, digest: digest)
            }
        }
    }

    private func openError(_ id: Int64, _ reader: LedgerReader) throws -> QueuedError {
        guard let error = try reader.error(id) else {
            throw Diagnostic("ERROR-UNKNOWN", "there is no error \(id)", fix: "`tallyman errors` lists them")
        }
        guard error.state == .open else {
            throw Diagnostic(
                "ERROR-CLOSED", "error \(id) is \(error.state.rawValue) already",
                fix: "nothing to do; `tallyman errors show \(id)` tells what became of it"
            )
        }
        return error
    }

    /// Sends rejected records through the pipeline again, with what was edited, all records of a key together.
    package func retry(
        _ ids: [Int64], of flow: Flow, by who: String, progress: @escaping @Sendable (FlowEvent) -> Void = { _ in }
    ) async throws -> [RunReport] {
        try await runner.withLease(on: flow.name, waiting: FlowRunner.patienceOfPeople) { lease in
            var reports: [RunReport] = []
            let bundles = try bundles(ids)
            for (index, (run, errors)) in bundles.enumerated() {
                let delivery = try RetryDelivery(runner: runner, flow: flow, lease: lease).make(of: errors, run: run)
                let retry = try ledger.write(as: lease) { writer in
                    try proveUnedited(errors, writer.reader)
                    let retry = try writer.startRun(flow: flow.name, delivery: delivery.id, cause: "retry", at: now)
                    guard try writer.close(errors: errors.map(\.id), as: .retried, by: retry.id) == errors.count else {
                        throw Diagnostic(
                            "ERROR-CLOSED", "someone else has taken these records meanwhile",
                            fix: "see `tallyman errors`; nothing was done here"
                        )
                    }
                    try writer.audit(
                        "retry", of: "errors \(errors.map { "\($0.id)" }.joined(separator: ", "))", by: who, at: now,
                        digest: digest
                    )
                    try writer.note(makers: [who] + writer.reader.editors(of: errors.map(\.id)), of: retry.id)
                    // An order is decided with the last of its runs: a process that dies before leaves it to be taken again.
                    if index == bundles.count - 1 { try noteDecided(run: retry.id, writer) }
                    return retry
                }
                reports.append(
                    try await runner.plan(retry, delivery, of: flow, lease, progress: progress)
                )
            }
            var report = FlowReport(flow: flow.name)
            report.runs = reports
            try await runner.renewHeld(flow, lease, into: &report, progress: progress)
            return reports
        }
    }

    /// Throws `ERROR-EDITED` where somebody has corrected one of the records since it was read: the correction would be lost.
    private func proveUnedited(_ errors: [QueuedError], _ reader: LedgerReader) throws {
        for error in errors where try reader.error(error.id)?.edited != error.edited {
            throw Diagnostic(
                "ERROR-EDITED", "error \(error.id) was corrected while it was about to be retried",
                fix: "retry it again: the correction is used then; nothing was done here", kind: .transient)
        }
    }

    /// The named records with their siblings, by the run that rejected them.
    func bundles(_ ids: [Int64]) throws -> [(run: Int64, errors: [QueuedError])] {
        let errors = try ledger.read { reader in
            try ids.flatMap { try reader.siblings(of: try openError($0, reader)) }
        }
        var unique: [Int64: QueuedError] = [:]
        for error in errors { unique[error.id] = error }
        return Dictionary(grouping: unique.values, by: \.run).sorted { $0.key < $1.key }.map { run, errors in
            (run: run, errors: errors.sorted { $0.verdict.origin.number < $1.verdict.origin.number })
        }
    }
}
