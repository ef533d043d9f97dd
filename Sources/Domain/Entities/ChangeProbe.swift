/// Looks at the shop as a stranger does while a plan is carried out, so that a value which must not be seen is taken back
/// after the first few and not after all (reliability V1).
package protocol ChangeProbe: Sendable {
    /// Picks, of `keys`, those to send first and alone. Empty: the first ones of the plan.
    func canaries(among keys: [RecordKey]) -> [RecordKey]

    /// What a stranger sees of the keys of `changes`, once the shop's index and caches have settled.
    func probe(_ changes: [Change]) async throws -> ProbeVerdict
}

package enum ProbeVerdict: Hashable, Sendable {
    /// Nothing is seen that must not be; `12 of 12 guest views at or above their floor`.
    case clear(evidence: String)
    /// What was seen, one sentence each, product first.
    case violated([String])
    /// The shop did not let itself be looked at: go no further, and try again later.
    case unsure(Diagnostic)
}
