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
        var strangers: Int
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
                try open.map { try Self.look($0, $1, acknowledgement.proof, session) }
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

    private struct ScanTime: Sendable {
        var finding: Finding?
        var trouble: String?
    }

    /// One answer that cannot be read keeps no other from being read.
    private static func look(
        _ consignment: Consignment, _ documents: [ConsignedDocument], _ proof: Acknowledgement.Proof, _ session: any EndpointSession
    ) throws -> ScanTime {
        do {
            return ScanTime(finding: try find(consignment, documents, proof, session))
        } catch let diagnostic as Diagnostic where diagnostic.blame == .file || diagnostic.code == "FILE-NOT-REGULAR" {
            return ScanTime(trouble: "not read · \(consignment.name): \(diagnostic.code): \(diagnostic.summary)")
        }
    }

    private static func find(
        _ consignment: Consignment, _ documents: [ConsignedDocument], _ proof: Acknowledgement.Proof, _ session: any EndpointSession
    ) throws -> Finding? {
        func all(_ evidence: String) -> Finding {
            Finding(
                consignment: consignment, answers: documents.map { DocumentAnswer(identity: $0.identity) }, evidence: evidence,
                strangers: 0
            )
        }
        switch proof {
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
            do throws(AcknowledgementFile.Unfinished) {
                // The ERP may answer by the short reference; an order's own number counts first.
                let identities = Set(documents.map(\.identity))
                let names = documents.reduce(into: [RecordKey: RecordKey]()) { names, document in
                    guard let reference = document.reference.map({ RecordKey($0) }), !identities.contains(reference) else { return }
                    names[reference] = document.identity
                }
                let file = try AcknowledgementFile(bytes, documents: documents.map(\.identity) + names.keys.sorted())
                var told: Set<RecordKey> = []
                let answers = file.answers.compactMap { answer -> DocumentAnswer? in
                    var answer = answer
                    answer.identity = names[answer.identity] ?? answer.identity
                    return told.insert(answer.identity).inserted ? answer : nil
                }
                return Finding(consignment: consignment, answers: answers, evidence: "\(path)", strangers: file.strangers)
            } catch {
                return nil
            }
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
                notes.append("\(isDone ? "acknowledged" : "answered in part") · \(finding.consignment.name): \(answered)")
            }
            return (notes, try tell(refused, writer, at: now))
        }
        result.notes += notes
        result.run = run
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
