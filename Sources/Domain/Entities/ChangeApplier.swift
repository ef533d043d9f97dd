/// The way of one entity's changes into the shop. Implemented beside the entity, driven by the engine.
package protocol ChangeApplier: Sendable {
    /// How the shop stands to `keys`; one it does not have is absent from the answer. Asked before a change is planned for a
    /// key never applied before, because Magento takes an unknown SKU without a word (fault F56).
    func lookUp(_ keys: [RecordKey]) async throws -> [RecordKey: KeyLookup]

    /// The same for what a plan would send, where the values count and not the keys alone: events of one file may be
    /// impossible together though each is possible alone.
    func lookUp(_ unconfirmed: [UnconfirmedKey]) async throws -> [RecordKey: KeyLookup]

    /// Everything the shop holds of this entity, page by page: the mirror's first content.
    func observe(_ visit: @Sendable ([ObservedValue]) async throws -> Void) async throws

    /// How many changes to send at once now; it adapts to the shop's speed and limits.
    var batchSize: Int { get async }

    /// Sends `changes` and answers for each, in the same order. Safe to repeat: values are absolute, and a call that must not be
    /// made twice is written down in `calls` before it leaves.
    /// What the shop said is never thrown: that is an answer. Throws only where this process itself cannot go on.
    func apply(_ changes: [Change], _ calls: any CallBook) async throws -> [ChangeAnswer]

    /// Looks once more for what calls that were sent twice have made. Cheap where `calls` watches nothing.
    func review(_ calls: any CallBook) async throws

    /// What the shop holds now for the keys of `changes`, to settle an answer that never came.
    func readBack(_ changes: [Change]) async throws -> [ObservedValue]
}

extension ChangeApplier {
    package func lookUp(_ unconfirmed: [UnconfirmedKey]) async throws -> [RecordKey: KeyLookup] {
        try await lookUp(unconfirmed.map(\.key))
    }

    package func review(_ calls: any CallBook) async throws {}
}

/// An applier of values that may be sent any number of times: it makes no call that has to be remembered.
package protocol AbsoluteApplier: ChangeApplier {
    func apply(_ changes: [Change]) async throws -> [ChangeAnswer]
}

extension AbsoluteApplier {
    package func apply(_ changes: [Change], _ calls: any CallBook) async throws -> [ChangeAnswer] { try await apply(changes) }
}

/// A key that was never applied, and what is to become of it.
package struct UnconfirmedKey: Hashable, Sendable {
    package var key: RecordKey
    package var value: EncodedValue

    package init(key: RecordKey, value: EncodedValue) {
        self.key = key
        self.value = value
    }
}

package struct ObservedValue: Hashable, Sendable {
    package var key: RecordKey
    package var value: EncodedValue

    package init(key: RecordKey, value: EncodedValue) {
        self.key = key
        self.value = value
    }
}

/// One difference of a sealed plan.
package struct Change: Hashable, Sendable {
    package var id: Int64
    package var key: RecordKey
    /// The mirror's value it was computed from; a different one at apply time means a newer value won.
    package var before: EncodedValue?
    package var after: EncodedValue
    /// Event time of the file: values of a key never go back in it (reliability C1).
    package var version: UTCInstant

    package init(id: Int64, key: RecordKey, before: EncodedValue?, after: EncodedValue, version: UTCInstant) {
        self.id = id
        self.key = key
        self.before = before
        self.after = after
        self.version = version
    }
}

/// What is long and rare stands apart, so that the usual answer of each of a million keys is a word and not a page.
package enum KeyLookup: Hashable, Sendable {
    /// The shop has it, under this spelling.
    case known(spelling: RecordKey)
    /// The shop has it, and it takes no such value.
    indirect case unsuitable(RejectReason)
    /// The shop does not have it and need not: its records count as unchanged.
    case leftOut
}

/// What is long and rare stands apart, as in `KeyLookup`.
package enum ChangeAnswer: Hashable, Sendable {
    /// Done, with the evidence: `200 [] from source-items`, `read back 102`.
    case applied(evidence: String)
    /// Done, with another value than planned: what it hangs on had moved since. The value is what the shop holds now.
    indirect case adjusted(to: EncodedValue, evidence: String)
    indirect case rejected(RejectReason)
    /// Not sent: somebody else has set the value meanwhile; `the shop holds 11.50`.
    case overtaken(evidence: String)
    /// Not done, or not known to be done; the reason says which. It stays deferred and is tried again by a later run.
    indirect case deferred(Diagnostic)
}
