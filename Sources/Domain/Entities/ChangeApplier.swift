/// The way of one entity's changes into the shop. Implemented beside the entity, driven by the engine.
package protocol ChangeApplier: Sendable {
    /// How the shop stands to `keys`; one it does not have is absent from the answer. Asked before a change is planned for a
    /// key never applied before, because Magento takes an unknown SKU without a word (fault F56).
    func lookUp(_ keys: [RecordKey]) async throws -> [RecordKey: KeyLookup]

    /// The same for what a plan would send, where the values count and not the keys alone: events of one file may be
    /// impossible together though each is possible alone.
    func lookUp(_ unconfirmed: [UnconfirmedKey]) async throws -> [RecordKey: KeyLookup]

    /// Which keys the shop may have changed since a moment of its own clock. Asked once for each plan that would send keys applied before,
    /// in front of every `lookUp`. `nil` where the shop cannot say: then such a key is looked up like a new one.
    /// - Parameter limit: where there are more than so many, they need not be named.
    func changedKeys(since moment: UTCInstant?, atMost limit: Int) async throws -> ChangedKeys?

    /// Everything the shop holds of this entity, page by page: the mirror's first content.
    func observe(_ visit: @Sendable ([ObservedValue]) async throws -> Void) async throws

    /// Everything the shop holds of this entity, page by page, where that is cheaper than `readBack` of so many keys. `false`, and nothing was
    /// read, where it is not.
    func readWhole(keys: Int, _ visit: @Sendable ([ObservedValue]) async throws -> Void) async throws -> Bool

    /// How many changes to send at once now; it adapts to the shop's speed and limits.
    var batchSize: Int { get async }

    /// The same where changes have several rows each in the shop: so many that they fill one call, as far as that is known.
    var fillingBatch: Int { get async }

    /// How many batches may be under way at one time now, each with keys of its own. Asked before each batch.
    var batchesInFlight: Int { get async }

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

    package var batchesInFlight: Int { get async { 1 } }
    package var fillingBatch: Int { get async { await batchSize } }

    package func review(_ calls: any CallBook) async throws {}

    package func readWhole(keys: Int, _ visit: @Sendable ([ObservedValue]) async throws -> Void) async throws -> Bool { false }

    package func changedKeys(since moment: UTCInstant?, atMost limit: Int) async throws -> ChangedKeys? { nil }
}

/// An applier of values that may be sent any number of times: it makes no call that has to be remembered.
package protocol AbsoluteApplier: ChangeApplier {
    func apply(_ changes: [Change]) async throws -> [ChangeAnswer]
}

extension AbsoluteApplier {
    package func apply(_ changes: [Change], _ calls: any CallBook) async throws -> [ChangeAnswer] { try await apply(changes) }
}

/// A key that the shop is asked about, and what is to become of it.
package struct UnconfirmedKey: Hashable, Sendable {
    package var key: RecordKey
    package var value: EncodedValue
    /// It was applied before, and the shop has not changed it since: whether it still exists is all there is to ask.
    package var isKnown: Bool

    package init(key: RecordKey, value: EncodedValue, isKnown: Bool = false) {
        self.key = key
        self.value = value
        self.isKnown = isKnown
    }
}

/// Keys that the shop may have renamed, given to another product, or made something else of.
package struct ChangedKeys: Hashable, Sendable {
    /// As the shop compares them (`RecordKey.folded`); `nil`: any of them.
    package var folded: Set<[UInt8]>?
    /// Up to when by the shop's clock; `nil` where it does not tell the time.
    package var upTo: UTCInstant?

    package init(folded: Set<[UInt8]>?, upTo: UTCInstant?) {
        self.folded = folded
        self.upTo = upTo
    }

    package func contains(_ key: ArraySlice<UInt8>) -> Bool {
        guard let folded else { return true }
        return !folded.isEmpty && folded.contains(RecordKey.folded(key))
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
