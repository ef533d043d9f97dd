package import Domain
package import StateStore

/// The JSON form of a run.
package struct RunView: Encodable {
    package struct TallyView: Encodable {
        package var entity: String
        package var read: Int
        package var outcomes: [String: Int]
        package var balanced: Bool
    }

    package struct PlanView: Encodable {
        package var entity: String
        package var mode: String
        package var asAt: String
        package var state: String
        package var creates: Int
        package var updates: Int
        package var unchanged: Int
        package var toUnavailable: Int
        package var unknown: Int
        package var findings: [[String: String]]
    }

    package var run: Int64
    package var flow: String
    package var file: String?
    package var state: String
    package var cause: String
    package var verdict: String?
    package var started: String
    package var ended: String?
    package var attempts: Int
    package var tallies: [TallyView]
    package var plans: [PlanView]
    package var rejectFile: String?
    /// The numbers of its records that wait in the error queue.
    package var errors: [Int64]
    package var consignment: ConsignmentView?

    /// - Parameter setting: the setting that governs a gate of an entity, if there is one.
    package init(
        _ run: Run, fileName: String?, tallies: [(entity: String, tally: Tally)], plans: [Plan], consignment: Consignment?, rejectFile: String? = nil,
        errors: [Int64] = [], setting: (_ gate: String, _ entity: String) -> String? = { _, _ in nil }
    ) {
        self.errors = errors
        self.run = run.id
        flow = run.flow
        file = fileName
        state = run.state.rawValue
        cause = run.cause
        verdict = run.verdict
        started = "\(run.started)"
        ended = run.ended.map { "\($0)" }
        attempts = run.attempts
        self.tallies = tallies.map { entity, tally in
            let outcomes = Outcome.allCases.map { ($0.rawValue, tally[$0]) }
            return TallyView(
                entity: entity, read: tally.read, outcomes: Dictionary(uniqueKeysWithValues: outcomes),
                balanced: tally.isBalanced
            )
        }
        self.plans = plans.map { plan in
            PlanView(
                entity: plan.entity, mode: plan.mode.rawValue, asAt: "\(plan.version)", state: plan.state.rawValue,
                creates: plan.summary.creates, updates: plan.summary.updates, unchanged: plan.summary.unchanged,
                toUnavailable: plan.summary.toUnavailable, unknown: plan.summary.unknownKeys,
                findings: plan.findings.map { finding in
                    let governed = setting(finding.gate, plan.entity).map { ["setting": $0] } ?? [:]
                    return ["gate": finding.gate, "text": finding.text].merging(governed) { $1 }
                }
            )
        }
        self.rejectFile = rejectFile
        self.consignment = consignment.map { ConsignmentView($0) }
    }
}
