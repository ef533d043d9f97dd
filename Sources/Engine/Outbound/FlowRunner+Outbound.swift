import Domain
import Endpoints
import StateStore

extension FlowRunner {
    /// Runs an outbound flow once: look for answers, finish what is on its way, sweep the shop, pack, place, account.
    ///
    /// Safe to kill at any instruction: the next call goes on where the ledger says, and no document leaves twice.
    package func run(
        _ flow: OutboundFlow, cause: String, progress: @escaping @Sendable (FlowEvent) -> Void = { _ in }
    ) async throws -> FlowReport {
        try await withLease(on: flow.name) { lease in
            var report = FlowReport(flow: flow.name)
            report.documents = flow.maker.name
            do {
                try await run(flow, cause: cause, lease, into: &report, progress: progress)
            } catch let diagnostic as Diagnostic where !report.runs.isEmpty || !report.notes.isEmpty {
                // What was done before is told all the same.
                report.trouble = diagnostic
            }
            return report
        }
    }

    private func run(
        _ flow: OutboundFlow, cause: String, _ lease: LeaseKeeper, into report: inout FlowReport,
        progress: @escaping @Sendable (FlowEvent) -> Void
    ) async throws {
        let answers = AcknowledgeStage(ledger: ledger, flow: flow, timeline: timeline, lease: lease)
        let learnt = try await answers.look()
        report.notes += learnt.notes
        if let run = learnt.run { report.runs.append(try self.report(on: run.id)) }
        report.notes += try await NumberStage(ledger: ledger, flow: flow, timeline: timeline, lease: lease).enter()
        try await sweepLeftovers(flow, lease)
        guard try await finish(flow, lease, into: &report) else { return }

        progress(.observing(entity: flow.maker.name))
        let sweep = SweepStage(ledger: ledger, flow: flow, timeline: timeline, lease: lease)
        let seen = try await sweep.sweep()
        var stage = PackStage(
            ledger: ledger, flow: flow, spool: spool, timeline: timeline, lease: lease, cause: cause,
            unchanged: seen.unchanged + seen.waiting
        )
        try closeAgreed(stage, flow, lease)
        var sent = 0
        while let run = try await stage.next() {
            guard let consignment = try ledger.read({ try $0.consignment(run: run.id) }) else {
                report.runs.append(try self.report(on: run.id))
                continue
            }
            guard consignment.state != .held else {
                report.runs.append(try self.report(on: run.id))
                return
            }
            progress(.applying(sent: sent, of: sent + consignment.documents))
            let placed = try await place(consignment, of: flow, lease)
            report.runs.append(placed)
            sent += consignment.documents
            guard placed.run.state == .finished else { return }
        }
        report.looked = stage.unchanged
    }

    /// What somebody cancelled in the shop first and the ERP has cancelled since needs nobody any more.
    private func closeAgreed(_ stage: PackStage, _ flow: OutboundFlow, _ lease: LeaseKeeper) throws {
        guard flow.callingOff != nil else { return }
        let agreed = try ledger.read { reader in
            let late = try reader.openErrorKeys(flow: flow.name, code: "CANCELLED-LATE")
            let refused = try reader.openErrorKeys(flow: flow.name, code: "CANCELLATION-REFUSED")
            let carried = try flow.cancellations.map { name in
                try late.filter { try reader.outboxDocument(flow: name, identity: $0)?.standing == .sent }
            }
            return try (late + refused).filter { try carried?.contains($0) == true || stage.isCalledOffByERP($0, reader) }
        }
        guard !agreed.isEmpty else { return }
        try ledger.write(as: lease) { writer in
            for identity in agreed { try writer.closeErrors(of: identity, entity: flow.maker.name, flow: flow.name, by: nil) }
        }
    }

    /// A holder that was paused may have put something under its temporary name after its successor had tidied up. It goes with the run
    /// after that one.
    private func sweepLeftovers(_ flow: OutboundFlow, _ lease: LeaseKeeper) async throws {
        let left = try ledger.read { try $0.consignmentsToSweep(flow: flow.name, before: lease.token) }
        guard !left.isEmpty else { return }
        let push = flow.push
        let names = left.map { PlacementNames(push, $0) }
        try await push.endpoint.guarded(by: lease).withSession { session in
            var found: [[UInt8]] = []
            try session.list(folder: push.workFolder) { file in
                if names.contains(where: { $0.isLeftover(file.name, before: lease.token) }) { found.append(file.name) }
            }
            for name in found { try session.remove(RemotePath(folder: push.workFolder, name: name)) }
        }
        try ledger.write(as: lease) { writer in
            for consignment in left { try writer.setSwept(consignment: consignment.id) }
        }
    }

    /// Brings every consignment that is on its way to its place, in the order of the numbers. `false` where one has to wait: the
    /// ones behind it wait too, or the ERP would see a gap.
    private func finish(_ flow: OutboundFlow, _ lease: LeaseKeeper, into report: inout FlowReport) async throws -> Bool {
        for consignment in try ledger.read({ try $0.unplacedConsignments(flow: flow.name) }) {
            guard consignment.state != .held else {
                report.runs.append(try self.report(on: consignment.run))
                return false
            }
            try ledger.write(as: lease) { try $0.countAttempt(run: consignment.run) }
            if try await takesApart(consignment, of: flow, lease) {
                report.runs.append(try self.report(on: consignment.run))
                continue
            }
            let placed = try await place(consignment, of: flow, lease)
            report.runs.append(placed)
            guard placed.run.state == .finished else { return false }
        }
        return true
    }

    /// A file of which nothing was sent yet may wait for long, for an endpoint that is down. What was cancelled meanwhile must not leave
    /// (reliability D7): the file is taken apart, and the run packs the rest anew under the same number.
    private func takesApart(_ consignment: Consignment, of flow: OutboundFlow, _ lease: LeaseKeeper) async throws -> Bool {
        guard consignment.state == .moving(.packed), let text = try await objection(to: consignment, of: flow) else { return false }
        try ledger.write(as: lease) { writer in
            let now = timeline.now()
            try writer.discard(consignment, because: text)
            try writer.settleRest(of: consignment.run, as: .superseded, because: text, now: now)
            try writer.set(plan: consignment.run, to: .discarded)
            try writer.set(run: consignment.run, to: .discarded, verdict: "\(text); packed anew without it", at: now)
        }
        return true
    }

    /// Why a packed file should not leave any more; `nil` where every document in it is still due.
    func objection(to consignment: Consignment, of flow: OutboundFlow) async throws -> String? {
        let documents = try ledger.read { reader in
            try reader.consigned(in: consignment.id).filter { !$0.isResent }.compactMap {
                try reader.outboxDocument(flow: consignment.flow, identity: $0.identity)
            }
        }
        for start in stride(from: 0, to: documents.count, by: PackStage.fetchSize) {
            let page = documents[start..<min(start + PackStage.fetchSize, documents.count)]
            for found in try await flow.source.fetch(page.map(\.place)) {
                switch found.observation.readiness {
                case .ready: continue
                case .waiting(let why), .withdrawn(let why), .passed(let why): return "\(found.observation.identity): \(why)"
                }
            }
        }
        return nil
    }

    /// Places one consignment and closes its books; or leaves its run waiting, with the reason.
    func place(_ consignment: Consignment, of flow: OutboundFlow, _ lease: LeaseKeeper) async throws -> RunReport {
        let stage = PlaceStage(ledger: ledger, push: flow.push, spool: spool, timeline: timeline, lease: lease)
        do {
            let evidence = try await stage.place(consignment)
            try ledger.write(as: lease) { writer in
                try account(consignment, of: flow, evidence: evidence, writer)
            }
            return try report(on: consignment.run)
        } catch let diagnostic as Diagnostic {
            try ledger.write(as: lease) { writer in
                let text = "\(consignment.name) waits: \(diagnostic.code): \(diagnostic.summary)"
                try writer.set(run: consignment.run, to: .waiting, verdict: text, at: timeline.now())
            }
            var report = try report(on: consignment.run)
            report.trouble = diagnostic
            return report
        }
    }

    private func account(_ consignment: Consignment, of flow: OutboundFlow, evidence: String, _ writer: LedgerWriter) throws {
        let now = timeline.now()
        let due = flow.push.acknowledgement.map { now.adding($0.within) }
        try writer.setPlaced(consignment, evidence: evidence, due: due, at: now)
        try writer.settleRest(of: consignment.run, as: .applied, because: evidence, now: now)
        for document in try writer.reader.consigned(in: consignment.id) {
            try writer.closeErrors(
                of: document.identity, entity: consignment.entity, flow: consignment.flow, by: consignment.run)
        }
        try writer.set(plan: consignment.run, to: .settled)
        let count = consignment.documents == 1 ? "1 document" : "\(consignment.documents) documents"
        try writer.set(run: consignment.run, to: .finished, verdict: "\(consignment.name) left with \(count)", at: now)
    }
}
