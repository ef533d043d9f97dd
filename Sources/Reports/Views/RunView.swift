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
        package var drifted: Int
        package var unchanged: Int
        package var toUnavailable: Int
        package var unknown: Int
        package var findings: [[String: String]]
    }

    /// Where the time went, in milliseconds, and how long after the landing of the file its rows were in the shop.
    package struct TimesView: Encodable {
        package struct LandedView: Encodable {
            package var rows: Int
            package var p50: Int64
            package var p95: Int64
            package var last: Int64
        }

        package var waitedForFile: Int64?
        package var read: Int64
        package var planned: Int64
        package var askedShop: Int64
        package var wroteToShop: Int64
        package var landedToShop: LandedView?
        /// How many changes end a sale and went first, and how long after the start of the run the last of them had its answer.
        package var endings: Int?
        package var endingsAnswered: Int64?

        init(_ times: RunTimes) {
            func spent(_ phase: RunPhase) -> Int64 { times.phases[phase]?.wholeMilliseconds ?? 0 }
            waitedForFile = times.waited?.wholeMilliseconds
            read = spent(.reading)
            planned = spent(.planning)
            askedShop = spent(.asking)
            wroteToShop = spent(.writing)
            endings = times.first?.changes
            endingsAnswered = times.first?.answered?.wholeMilliseconds
            landedToShop = times.landed.map { landed in
                LandedView(
                    rows: landed.rows, p50: landed.half.wholeMilliseconds, p95: landed.most.wholeMilliseconds,
                    last: landed.last.wholeMilliseconds)
            }
        }
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
    package var times: TimesView
    package var rejectFile: String?
    /// The numbers of its records that wait in the error queue.
    package var errors: [Int64]
    package var consignment: ConsignmentView?

    /// - Parameter setting: the setting that governs a gate of an entity, if there is one.
    package init(
        _ run: Run, fileName: String?, tallies: [(entity: String, tally: Tally)], plans: [Plan], times: RunTimes = RunTimes(),
        consignment: Consignment?,
        rejectFile: String? = nil, errors: [Int64] = [], setting: (_ gate: String, _ entity: String) -> String? = { _, _ in nil }
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
                creates: plan.summary.creates, updates: plan.summary.updates, drifted: plan.summary.drifted, unchanged: plan.summary.unchanged,
                toUnavailable: plan.summary.toUnavailable, unknown: plan.summary.unknownKeys,
                findings: plan.findings.map { finding in
                    let governed = setting(finding.gate, plan.entity).map { ["setting": $0] } ?? [:]
                    return ["gate": finding.gate, "text": finding.text].merging(governed) { $1 }
                }
            )
        }
        self.times = TimesView(times)
        self.rejectFile = rejectFile
        self.consignment = consignment.map { ConsignmentView($0) }
    }
}
