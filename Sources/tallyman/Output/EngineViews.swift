import Domain
import Engine
import Formats
import Reports
import StateStore

// What the engine answers, in the forms that people and programs read.

extension RunView {
    init(_ report: RunReport, rejectFile: String? = nil, errors: [Int64] = []) {
        self.init(
            report.run, fileName: report.fileName, tallies: report.tallies, plans: report.plans, times: report.times,
            consignment: report.consignment, rejectFile: rejectFile, errors: errors
        ) { gate, entity in GateSetting.path(of: gate, entity: entity, flow: report.run.flow) }
    }
}

extension ExplanationView {
    /// `text` makes a record's bytes readable, in the encoding of its flow.
    init(_ explanation: Explanation, text: (_ flow: String, _ bytes: [UInt8]) -> String) {
        self.init(
            key: explanation.key.description, entity: explanation.entity, current: explanation.current,
            adopted: explanation.adopted.map { "found in the shop by reconciliation \($0.reconciliation) at \($0.at), and taken over" },
            steps: explanation.steps.map { step in
                Step(
                    run: step.run.id, flow: step.run.flow, at: step.change.answered.map { "\($0)" },
                    outcome: step.change.outcome.rawValue, before: step.before, after: step.after,
                    formula: step.change.evidence, file: step.fileName,
                    records: step.records.map { origin, bytes in
                        Record(line: origin.line, record: origin.number, text: bytes.map { text(step.run.flow, $0) })
                    },
                    proof: step.change.proof)
            },
            openErrors: explanation.openErrors.map { ErrorView($0) })
    }
}

extension Assembly {
    /// Why a value is what it is, with the records' bytes in the encoding of their flow.
    func view(_ explanation: Explanation) -> ExplanationView {
        ExplanationView(explanation) { flow, bytes in
            let known = (try? settings.flow(flow)).flatMap { try? self.profile(of: $0) }
            return Escaped(known?.text(of: bytes.withoutLineEnd) ?? String(decoding: bytes, as: UTF8.self)).description
        }
    }

    /// Where an order is.
    func view(_ explanation: OutboundExplanation) -> OrderView {
        let encoding = (try? outputProfile(of: settings.flow(explanation.document.flow)))?.encoding ?? .utf8
        return OrderView(
            order: explanation.document.identity.description, flow: explanation.document.flow,
            standing: explanation.document.standing.rawValue, reason: explanation.document.reason,
            left: explanation.leavings.map { leaving in
                OrderView.Leaving(
                    consignment: ConsignmentView(leaving.consignment), told: leaving.evidence, line: leaving.origin?.line,
                    bytes: leaving.bytes.map { Escaped(encoding.decode($0), limit: 2000).description }, again: leaving.document.isResent,
                    acknowledged: leaving.document.acknowledged.map { "\($0)" },
                    erpNumber: leaving.document.erpNumber.map { Escaped($0).description }, refusal: leaving.document.refusal
                )
            },
            openErrors: explanation.openErrors.map { ErrorView($0) }
        )
    }
}

extension [UInt8] {
    fileprivate var withoutLineEnd: ArraySlice<UInt8> {
        var end = endIndex
        while end > startIndex, self[end - 1] == 10 || self[end - 1] == 13 { end -= 1 }
        return self[..<end]
    }
}
