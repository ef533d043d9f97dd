import Domain
import Endpoints
import Formats
import StateStore

/// Looks for the ERP's answers to what stands in its folder. Only reads out there; safe to repeat.
struct AcknowledgeStage {
    let ledger: Ledger
    let flow: OutboundFlow
    let timeline: Timeline
    let lease: LeaseKeeper

    /// What was learnt, in words; and the run that tells of refusals, where there were any.
    struct Result {
        var notes: [String] = []
        var run: Run?
    }

    private struct Finding: Sendable {
        var consignment: Consignment
        var answers: [DocumentAnswer]
        var evidence: String
        /// What the answer says and nobody understands.
        var remarks: [String] = []
    }

    func look() async throws -> Result {
        guard let acknowledgement = flow.push.acknowledgement else { return Result() }
        let name = flow.name
        let open = try ledger.read { reader in
            try reader.unacknowledgedConsignments(flow: name).map { ($0, try reader.consigned(in: $0.id)) }
        }
        var result = Result()
        if !open.isEmpty {
            let looks = try await flow.push.endpoint.withSession { session in
                try open.map { try Self.look($0, $1, acknowledgement, session) }
            }
            result.notes += looks.compactMap(\.trouble)
            try record(looks.compactMap(\.finding), into: &result)
        }
        let now = timeline.now()
        for late in try ledger.read({ try $0.overdueConsignments(at: now, flow: name) }) {
            result.notes.append(
                "overdue · \(late.name): no answer from the ERP since \(late.placed.map { "\($0)" } ?? "-"); it is not sent again by itself")
        }
        return result
    }

    private struct Reading: Sendable {
        var finding: Finding?
        var trouble: String?
    }

    /// One answer that cannot be read keeps no other from being read.
    private static func look(
        _ consignment: Consignment, _ documents: [ConsignedDocument], _ acknowledgement: Acknowledgement, _ session: any EndpointSession
    ) throws -> Reading {
        do {
            return Reading(finding: try find(consignment, documents, acknowledgement, session))
        } catch is AcknowledgementFile.Unfinished {
            return Reading(trouble: "being written · \(consignment.name): the last line of its answer has no line end yet")
        } catch let diagnostic as Diagnostic where diagnostic.blame == .file || diagnostic.code == "FILE-NOT-REGULAR" {
            return Reading(trouble: "not read · \(consignment.name): \(diagnostic.code): \(diagnostic.summary)")
        }
    }

    private static func find(
        _ consignment: Consignment, _ documents: [ConsignedDocument], _ acknowledgement: Acknowledgement, _ session: any EndpointSession
    ) throws -> Finding? {
        func all(_ evidence: String) -> Finding {
            Finding(
                consignment: consignment, answers: documents.map { DocumentAnswer(identity: $0.identity) }, evidence: evidence
            )
        }
        switch acknowledgement.proof {
        case .gone:
            let path = RemotePath(folder: consignment.folder, name: consignment.name)
            return try session.stat(path) == nil ? all("\(path) is gone") : nil
        case .echo(let folder, let name):
            let path = RemotePath(folder: folder, name: name.text(about: consignment.name))
            let found = try session.look(at: path, for: consignment.hash, size: consignment.size)
            return found == .same ? all("\(path) holds the very bytes") : nil
        case .file(let folder, let name):
            let path = RemotePath(folder: folder, name: name.text(about: consignment.name))
            guard let bytes = try session.content(of: path, limit: AcknowledgementFile.limit) else { return nil }
            // The ERP may answer by the short reference; an order's own number counts first.
            let file = try AcknowledgementFile(
                bytes, documents: documents.map { .init($0.identity, reference: $0.reference.map { RecordKey($0) }) }, words: acknowledgement.words)
            return Finding(consignment: consignment, answers: file.answers, evidence: "\(path)", remarks: file.remarks)
        }
    }

    /// Answers and refusals in one transaction; a refusal enters the error queue.
    private func record(_ findings: [Finding], into result: inout Result) throws {
        guard !findings.isEmpty else { return }
        let now = timeline.now()
        let (notes, run) = try ledger.write(as: lease) { writer -> ([String], Run?) in
            var notes: [String] = []
            var refused: [Refused] = []
            for finding in findings {
                let documents = try writer.reader.consigned(in: finding.consignment.id)
                refused += try writer.acknowledge(finding.consignment, finding.answers, evidence: finding.evidence, at: now).map { answer in
                    Refused(answer: answer, told: documents.first { $0.identity == answer.identity }?.told)
                }
                let isDone = try writer.reader.consignment(finding.consignment.id)?.state == .acknowledged
                let answered = "\(finding.answers.count) of \(finding.consignment.documents) answered"
                let open = isDone ? "" : try "; \(Self.open(writer.reader.consigned(in: finding.consignment.id)))"
                notes.append("\(isDone ? "acknowledged" : "answered in part") · \(finding.consignment.name): \(answered)\(open)")
                notes += finding.remarks.prefix(Self.shown).map { "not understood · \(finding.consignment.name): \($0)" }
                if finding.remarks.count > Self.shown {
                    notes.append("not understood · \(finding.consignment.name): \(finding.remarks.count - Self.shown) more lines")
                }
            }
            return (notes, try tell(refused, writer, at: now))
        }
        result.notes += notes
        result.run = run
    }

    /// How many numbers or lines are named before the rest is only counted.
    private static let shown = 20

    private static func open(_ documents: [ConsignedDocument]) -> String {
        let open = documents.filter { $0.acknowledged == nil }.map { $0.identity.description }
        let more = open.count > shown ? " and \(open.count - shown) more" : ""
        return "no answer yet for \(open.prefix(shown).joined(separator: ", "))\(more)"
    }

    private struct Refused {
        var answer: DocumentAnswer
        var told: EncodedValue?
    }

    private func tell(_ refused: [Refused], _ writer: LedgerWriter, at now: UTCInstant) throws -> Run? {
        guard !refused.isEmpty else { return nil }
        let entity = flow.maker.name
        let run = try writer.startRun(flow: flow.name, delivery: nil, cause: "acknowledgement", at: now)
        try writer.set(tally: Tally(read: refused.count, counts: [.rejected: refused.count]), run: run.id, entity: entity)
        for (index, one) in refused.enumerated() {
            let answer = one.answer
            let reason = flow.maker.refusal(answer, told: one.told)
            let verdict = RecordVerdict(
                outcome: .rejected, origin: RecordOrigin(number: index + 1, line: 0, offset: 0, length: 0), key: answer.identity,
                reason: reason, original: nil
            )
            try writer.add(verdict, run: run.id, entity: entity)
        }
        try writer.set(run: run.id, to: .finished, verdict: "the ERP refused \(refused.count) of them", at: now)
        return try writer.reader.run(run.id)
    }
}
