import Domain
import Endpoints
import Formats
import StateStore

extension PackStage {
    /// The file of what was accepted, under the number and name it will leave with.
    struct Packed {
        var file: WrittenFile
        var spooled: SpooledFile
        var name: String
        var sequence: Int64
    }

    func pack(_ accepted: [Gathered.Accepted], at now: UTCInstant) throws -> Packed? {
        guard let first = accepted.first else { return nil }
        let name = flow.name
        // Only the holder of the flow's lease numbers; the seal proves the lease and the number again.
        let sequence = try ledger.read { try $0.nextSequence(flow: name) }
        let fileName = flow.push.name.text(
            sequence: sequence, created: now, zone: flow.timeZone, document: first.document.identity)
        let batch = OutputBatch(name: fileName, sequence: sequence, created: now)
        do {
            let file = try DocumentWriter(flow.profile, zoneName: flow.timeZone).write(accepted.map(\.made), batch)
            return Packed(file: file, spooled: try spool.hold(file.bytes), name: fileName, sequence: sequence)
        } catch let refusal as DocumentRefusal {
            throw Diagnostic(
                "OUTPUT-BATCH", "the file's own values do not fit its profile: \(refusal.reason.text)",
                fix: "give the field more room in the output profile \(flow.profile.name)")
        }
    }

    /// Writes everything down at once: run, books, error queue, consignment. A crash before it leaves bytes in the spool and
    /// nothing else; after it the consignment leaves exactly so.
    func seal(_ gathered: Gathered, _ news: [OutboxDocument]) throws -> Run {
        let now = try ledger.read { try ProvenTime.stamp(timeline.now(), $0) }
        let packed = try pack(gathered.accepted, at: now)
        return try ledger.write(as: lease) { writer in
            for document in gathered.moved { try writer.update(document) }
            let told = news + gathered.moved.filter { $0.news != nil }
            let delivery = try packed.map { try add($0, writer, at: now) }
            let run = try writer.startRun(flow: flow.name, delivery: delivery?.id, cause: cause, at: now)
            let count = account(gathered, told)
            try writer.set(tally: count, run: run.id, entity: flow.maker.name)
            try tell(gathered, told, run, writer)
            if count[.unchanged] > 0 {
                try writer.addRange(
                    run: run.id, entity: flow.maker.name, outcome: .unchanged, first: count.read - count[.unchanged] + 1,
                    last: count.read, count: count[.unchanged]
                )
            }
            if let packed {
                try plan(packed, gathered.accepted, run, writer, at: now)
            } else {
                try writer.set(run: run.id, to: .finished, verdict: "nothing to send", at: now)
            }
            return try writer.reader.run(run.id) ?? run
        }
    }

    func account(_ gathered: Gathered, _ told: [OutboxDocument]) -> Tally {
        var tally = Tally()
        tally[.deferred] = gathered.accepted.count
        tally[.rejected] = gathered.refused.count + told.count { $0.news == .late }
        tally[.superseded] = told.count { $0.news != nil && $0.news != .late }
        tally[.unchanged] = unchanged + gathered.unchanged
        tally.read = tally.counts.values.reduce(0, +)
        return tally
    }

    func add(_ packed: Packed, _ writer: LedgerWriter, at now: UTCInstant) throws -> Delivery {
        try writer.addDelivery(
            flow: flow.name, hash: packed.spooled.hash, size: packed.spooled.size, folder: flow.push.folder,
            name: Array(packed.name.utf8), modified: now, received: now, origin: .outbox
        )
    }

    /// Refusals and cancellations, each with a line in the books; the numbers go on behind the accepted documents.
    func tell(_ gathered: Gathered, _ told: [OutboxDocument], _ run: Run, _ writer: LedgerWriter) throws {
        var number = gathered.accepted.count
        func verdict(_ outcome: Outcome, _ document: OutboxDocument, _ reason: RejectReason) -> RecordVerdict {
            number += 1
            return RecordVerdict(
                outcome: outcome, origin: RecordOrigin(number: number, line: 0, offset: 0, length: 0), key: document.identity,
                reason: reason, original: nil
            )
        }
        let entity = flow.maker.name
        for (document, reason) in gathered.refused {
            try writer.closeErrors(of: document.identity, entity: entity, flow: flow.name, by: run.id)
            try writer.add(verdict(.rejected, document, reason), run: run.id, entity: entity)
            try writer.update(document)
        }
        for document in told {
            try writer.closeErrors(of: document.identity, entity: entity, flow: flow.name, by: run.id)
            let why = document.reason ?? ""
            switch document.news {
            case .late:
                let reason = RejectReason(
                    "CANCELLED-LATE", "\(why), after it had left for the ERP",
                    fix:
                        "cancel it in the ERP; this closes when the ERP's own cancellation arrives, otherwise dismiss it. A flow with order_cancellations tells the ERP by itself"
                )
                try writer.add(verdict(.rejected, document, reason), run: run.id, entity: entity)
            case .carried:
                let reason = RejectReason(
                    "CANCELLED-CARRIED", "\(why), after it had left for the ERP; flow \(flow.cancellations ?? "") carries the cancellation",
                    fix: "nothing to do")
                try writer.add(verdict(.superseded, document, reason), run: run.id, entity: entity)
            case .agreed:
                let reason = RejectReason("CANCELLED-BY-ERP", "\(why), as the ERP had asked", fix: "nothing to do")
                try writer.add(verdict(.superseded, document, reason), run: run.id, entity: entity)
            case .withdrawn, nil:
                let reason = RejectReason(flow.maker.withdrawalCode, "\(why), before it left", fix: "nothing to do")
                try writer.add(verdict(.superseded, document, reason), run: run.id, entity: entity)
            }
            var quiet = document
            quiet.news = nil
            try writer.update(quiet)
        }
    }

    private func plan(
        _ packed: Packed, _ accepted: [Gathered.Accepted], _ run: Run, _ writer: LedgerWriter, at now: UTCInstant
    ) throws {
        let entity = flow.maker.name
        guard try writer.reader.nextSequence(flow: flow.name) == packed.sequence else {
            throw Diagnostic(
                "LEASE-LOST", "another process has packed for flow \(flow.name) meanwhile", fix: "nothing was sent here; run it again",
                kind: .transient
            )
        }
        try draft(packed, accepted, run, writer, at: now)
        let isHeld = flow.approval == .always
        let consignment = try writer.add(
            consignment: packed.sequence, flow: flow.name, run: run.id, entity: entity, folder: flow.push.folder, name: packed.name,
            hash: packed.spooled.hash, size: packed.spooled.size, documents: accepted.count,
            state: isHeld ? .held : .moving(.packed), at: now
        )
        for (position, one) in accepted.enumerated() {
            try writer.consign(
                one.document, to: consignment.id, position: position + 1, total: one.made.total, reference: one.made.reference,
                told: one.made.told)
        }
        try writer.set(
            run: run.id, to: isHeld ? .held : .applying,
            verdict: isHeld ? "\(packed.name) waits for approval" : "\(packed.name) is packed", at: now
        )
    }

    /// The plan as any run has it: one change per document, with the place of its bytes in the file.
    func draft(
        _ packed: Packed, _ accepted: [Gathered.Accepted], _ run: Run, _ writer: LedgerWriter, at now: UTCInstant
    ) throws {
        let entity = flow.maker.name
        try writer.openPlan(run: run.id, entity: entity, mode: .delta, version: now)
        var summary = PlanSummary()
        summary.records = accepted.count
        summary.keys = accepted.count
        summary.creates = accepted.count
        var changes: [ChangeDraft] = []
        for (index, one) in accepted.enumerated() {
            let place = packed.file.places[index]
            let origin = RecordOrigin(number: index + 1, line: place.line, offset: place.offset, length: place.length)
            let resent = one.document.resend.map { "sent again by order of \(Escaped($0))" }
            for note in one.notes {
                var count = summary.marks["adjusted"] ?? MarkCount()
                count.add(PlanMark("adjusted", "\(one.document.identity): \(note)"))
                summary.marks["adjusted"] = count
            }
            changes.append(
                ChangeDraft(
                    key: one.document.identity, keyHash: KeyHash.of(one.document.identity.bytes[...]), before: nil,
                    after: Array("in \(packed.name)".utf8),
                    evidence: ([one.made.summary] + one.notes + [resent].compactMap { $0 }).joined(separator: "; "),
                    origins: [origin], reach: .shop
                ))
        }
        try writer.add(changes, run: run.id, entity: entity, version: now)
        let findings = flow.approval == .always ? [GateFinding(gate: "approve", text: "the flow always asks a person")] : []
        try writer.sealPlan(run: run.id, entity: entity, summary: summary, findings: findings)
    }
}
