import Domain
import StateStore

/// A stranger saw what must not be seen of one entity's plan; what was sent of it was put back (reliability V1).
struct Violation {
    var entity: String
    /// What was seen, one sentence each.
    var views: [String]
    /// The run that puts the values back, as it came out.
    var undone: RunReport

    private var seen: String { "\(entity): " + views.prefix(5).joined(separator: "; ") }
    var verdict: String { "taken back by run \(undone.run.id): \(seen)" }

    var diagnostic: Diagnostic {
        Diagnostic(
            "GUEST-SEES", seen,
            fix:
                "the values were put back by run \(undone.run.id) (\(undone.run.state.rawValue)); correct the price list or its mapping, then approve the next plan",
            kind: .permanent
        )
    }
}
