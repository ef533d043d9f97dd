/// Looks at the shop as a stranger does while a plan is carried out, so that a value which must not be seen is taken back
/// after the first few and not after all (reliability V1).
package protocol ChangeProbe: Sendable {
    /// Picks, of `keys`, those to send first and alone. Empty: the first ones of the plan.
    func canaries(among keys: [RecordKey]) -> [RecordKey]

    /// What a stranger sees of `keys` now, in an encoding that only the probe reads; a key that is not shown is absent.
    /// Throws a `Diagnostic` where the shop does not let itself be looked at: then nothing more is sent in this call.
    func view(of keys: [RecordKey], _ moment: ProbeMoment) async throws -> [RecordKey: EncodedValue]

    /// What is wrong with what is seen `now` that `change` was sent, in one sentence, product first; `nil` where nothing is.
    func violation(_ change: Change, before: EncodedValue?, now: EncodedValue) -> String?
}

package enum ProbeMoment: Sendable {
    /// Nothing was sent yet.
    case before
    /// Something was just sent: index and caches may take a while to tell.
    case after
}
