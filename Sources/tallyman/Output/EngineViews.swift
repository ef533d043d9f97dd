import Domain
import Engine
import Reports
import StateStore

// What the engine answers, in the forms that people and programs read.

extension RunView {
    init(_ report: RunReport, rejectFile: String? = nil, errors: [Int64] = []) {
        self.init(
            report.run, fileName: report.fileName, tallies: report.tallies, plans: report.plans, consignment: report.consignment,
            rejectFile: rejectFile, errors: errors
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
