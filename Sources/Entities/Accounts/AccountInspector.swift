package import Domain

/// Judges shares of accounts. What they are shares of is what is in step and not what a file lists: one account that goes on stop
/// is all of a file that tells changes only.
package struct AccountInspector: PlanInspector {
    /// Fewer accounts than this are no plan to be afraid of, whatever share of a small shop they are.
    static let least = 5

    private let limits: AccountLimits

    package init(_ limits: AccountLimits) { self.limits = limits }

    package func findings(_ changes: [Change], known: Int) async throws -> [GateFinding] {
        var changed: [RecordKey] = []
        var stopped: [RecordKey] = []
        for change in changes {
            guard let after = try? AccountValue(encoded: change.after) else { continue }
            let before = change.before.flatMap { try? AccountValue(encoded: $0) }
            if before != nil { changed.append(change.key) }
            if after[.stop] == "1", before?[.stop] != "1" { stopped.append(change.key) }
        }
        return [
            finding("changed", changed, of: known, limits.changed, "accounts that change"),
            finding("stopped", stopped, of: known, limits.stopped, "accounts that go on stop"),
        ].compactMap { $0 }
    }

    private func finding(_ gate: String, _ keys: [RecordKey], of known: Int, _ limit: ExactDecimal?, _ text: String) -> GateFinding? {
        let whole = max(known, keys.count)
        guard let limit, keys.count >= Self.least, let allowed = limit.multiplied(by: ExactDecimal(Int64(whole))),
            ExactDecimal(Int64(keys.count) * 100) > allowed
        else { return nil }
        let examples = keys.prefix(MarkCount.shownExamples).map(\.description).joined(separator: "; ")
        return GateFinding(gate: gate, text: "\(text): \(keys.count) of \(whole) in step (limit \(limit) %), such as \(examples)")
    }
}
