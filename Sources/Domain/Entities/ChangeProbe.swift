/// Looks at the shop as a stranger does while a plan is carried out, so that a value which must not be seen is taken back
/// after the first few and not after all (reliability V1).
package protocol ChangeProbe: Sendable {
    /// Picks, of `keys`, those to send first and alone. Empty: the first ones of the plan.
    func canaries(among keys: [RecordKey]) -> [RecordKey]

    /// What a stranger sees of `keys` now, in an encoding that only the probe reads; a key that is not shown is absent.
    /// Throws a `Diagnostic` where the shop does not let itself be looked at: then nothing more is sent in this call.
    func view(of keys: [RecordKey], _ moment: ProbeMoment) async throws -> [RecordKey: EncodedValue]

    /// Whether such a view is what a stranger sees. A product that is out of stock, disabled or not visible is shown to nobody, and a look at
    /// it proves nothing.
    func isShown(_ view: EncodedValue) -> Bool

    /// What is wrong with what is seen `now` that `change` was sent, in one sentence, product first; `nil` where nothing is.
    func violation(_ change: Change, before: EncodedValue?, now: EncodedValue) -> String?

    /// The entities whose values say what a stranger may see; asked for between plans.
    var companions: [String] { get }

    /// What is wrong with what is seen `now` while nothing is being sent: configuration, caches and other people change what
    /// strangers see, too. `held` is what we believe the shop holds of the key, by companion. `nil` where nothing is wrong or
    /// nothing can be told.
    func violation(standing key: RecordKey, held: [String: EncodedValue], now: EncodedValue) -> String?
}

extension ChangeProbe {
    package func isShown(_ view: EncodedValue) -> Bool { true }

    package var companions: [String] { [] }

    package func violation(standing key: RecordKey, held: [String: EncodedValue], now: EncodedValue) -> String? { nil }
}

package enum ProbeMoment: Sendable {
    /// Nothing was sent yet.
    case before
    /// Something was just sent: index and caches may take a while to tell.
    case after
}
