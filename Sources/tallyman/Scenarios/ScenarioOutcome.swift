import Foundation

/// What came of a scenario, for people who sign it off.
struct ScenarioOutcome: Encodable, Sendable {
    enum Verdict: String, Encodable, Sendable { case passed, failed }

    struct Check: Encodable, Sendable {
        var what: String
        var expected: String
        var actual: String

        var isMet: Bool { expected == actual }
    }

    var requirement: String
    var shows: String
    var steps: [String]
    var checks: [Check]
    var verdict: Verdict
    /// What stopped it.
    var reason: String?

    init(_ scenario: Scenario, steps: [String], checks: [Check], stoppedBy reason: String?) {
        requirement = scenario.id
        shows = scenario.shows
        self.steps = steps
        self.checks = checks
        self.reason = reason
        // A play that checked nothing has shown nothing.
        verdict = reason == nil && !checks.isEmpty && checks.allSatisfy(\.isMet) ? .passed : .failed
    }
}
