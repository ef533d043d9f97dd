/// A kind of thing that is kept in step: stock, prices, orders. The engine drives it through this protocol and knows
/// nothing of Magento; an entity knows nothing of files, folders or the ledger.
///
/// A value travels between the two as bytes in the entity's own encoding (`EncodedValue`): the engine stores and compares them,
/// only the entity reads them.
package protocol EntityDefinition: Sendable {
    /// `stock`. The name in the tally, the mirror and the settings.
    var name: String { get }
    /// The fields that a profile may map its columns to, in the order of a batch's cells.
    var fields: [EntityField] { get }
    /// What a file of it tells: how things stand, or what happened.
    var feed: EntityFeed { get }
    /// Whether a key that the shop took once is asked about again.
    var proof: KeyProof { get }
    /// A fresh reader for one run. `instant` tells the value of now from those of later, where values have dates.
    func makeInterpreter(asOf instant: UTCInstant) -> any RowInterpreter
    /// The value in words, for `why` and previews: `main 102, north 0 (out of stock)`.
    func describe(_ value: EncodedValue) -> String
    /// Whether a customer can buy the key at this value; what the zeroing gate counts.
    func isAvailable(_ value: ArraySlice<UInt8>) -> Bool
    /// The value for a key that the shop spells otherwise than the file; what is sent bears the shop's spelling.
    func spelled(_ value: EncodedValue, as spelling: RecordKey) -> EncodedValue
    /// The value of a key that the shop spells as we do.
    func unspelled(_ value: EncodedValue) -> EncodedValue
    /// Whether a shop that holds `observed` needs nothing more to hold `wanted`.
    func isSatisfied(_ wanted: EncodedValue, by observed: EncodedValue) -> Bool
    /// Where a shop that holds `observed` is not as `wanted`; empty where `isSatisfied`. For reconciliation.
    func differences(_ wanted: EncodedValue, observed: EncodedValue) -> [ValueDifference]
    /// The value that undoes `change`, or `nil` where nothing is known of how it was before.
    func restored(from change: Change) -> EncodedValue?
    /// `remembered` with what the shop holds now where it has moved a part of it by itself; `nil` where nothing has moved.
    func moved(_ remembered: EncodedValue, to observed: EncodedValue) -> EncodedValue?
    /// Why a record waits whose key the shop does not have.
    func unknown(_ key: RecordKey) -> RejectReason
}

/// How the files of an entity follow one another.
package enum EntityFeed: Sendable {
    /// Values as they stand: a newer file replaces an older one.
    case snapshot
    /// Things that happened, each with a number of its own: none is ever overtaken, and none is done twice.
    case events
}

/// How long it counts that the shop took a key.
package enum KeyProof: Sendable {
    /// For good: the shop itself refuses a key that it does not have any more.
    case lasting
    /// For one plan: the shop takes a key that it does not have without a word (faults F56, F74).
    case passing
}

extension EntityDefinition {
    package var proof: KeyProof { .lasting }

    package func differences(_ wanted: EncodedValue, observed: EncodedValue) -> [ValueDifference] {
        isSatisfied(wanted, by: observed) ? [] : [ValueDifference(place: "", wanted: nil, observed: nil)]
    }

    package func unspelled(_ value: EncodedValue) -> EncodedValue { value }

    package var feed: EntityFeed { .snapshot }

    package func moved(_ remembered: EncodedValue, to observed: EncodedValue) -> EncodedValue? { nil }

    package func restored(from change: Change) -> EncodedValue? { change.before }

    package func unknown(_ key: RecordKey) -> RejectReason {
        RejectReason(
            "SKU-UNKNOWN", column: "sku", value: key.description, "product code \(key) is not in the shop",
            fix: "create the product in the shop or correct the code in the ERP, then retry")
    }
}

package typealias EncodedValue = [UInt8]

package struct EntityField: Hashable, Sendable {
    package enum Kind: String, Sendable { case text, decimal, instant, boolean }

    /// `on_hand`: what a profile's mapping calls it.
    package var name: String
    package var kind: Kind
    package var help: String
    /// A text that has to be spelled as somebody else spells it: a key, a reference, a word with a meaning. Not what people write.
    package var isCode: Bool

    package init(_ name: String, _ kind: Kind, _ help: String, isCode: Bool? = nil) {
        self.name = name
        self.kind = kind
        self.help = help
        self.isCode = isCode ?? (kind == .text)
    }
}

/// Whether a file lists everything or only what changed.
package enum FileMode: String, Sendable, CaseIterable { case full, delta }

/// Reads records as rows of a business key, then decides per key. Used by one thread for one run.
package protocol RowInterpreter {
    /// Turns each readable entry of `batch` into keyed rows, or rejects it. Entries with a rejection are still offered:
    /// where their key can be read, they must spoil it (`KeyedRows.markIncomplete`), so that half a sum is never applied.
    mutating func interpret(_ batch: RecordBatch, into rows: inout KeyedRows)

    /// The common case of a snapshot, asked before `decide`: one good row of a key. Where the mirror says the very same, whether
    /// a customer can buy it; `nil` where it takes a closer look.
    mutating func confirm(
        _ payload: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer, mirror: UnsafeRawBufferPointer
    ) -> Bool?

    /// The next common case, asked where `confirm` had no answer: the same one row, and another value. Appends the new value and
    /// then its formula to `text`. `nil` where more may play a part; what was appended meanwhile is then taken away again.
    mutating func revise(
        _ payload: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer, mirror: UnsafeRawBufferPointer, into text: inout [UInt8]
    ) -> Revision?

    /// All rows of one key, in file order, against what we believe Magento holds (`nil`: nothing known).
    mutating func decide(_ group: KeyGroup, mirror: ArraySlice<UInt8>?, mode: FileMode) -> KeyVerdict

    /// A key that the mirror has and a full file left out. `nil`: leave it alone.
    mutating func decideMissing(_ key: RecordKey, mirror: ArraySlice<UInt8>) -> KeyVerdict?

    /// The parts of the data that were seen so far and that are exported each on its own, such as warehouses: the age of each is
    /// watched. Empty where the file is one whole.
    var feeds: [String] { get }

    /// The earliest moment to come of which a record seen so far told something that counts from then on, such as the first day of a sale.
    /// Dated values that are planned at once (`KeyVerdict.scheduled`) are none.
    var nextDay: UTCInstant? { get }

    /// What the records seen so far say of how far their figures go (`PlanContext.claims`).
    var claims: [String] { get }

    /// Asked once, after the last record and before the first decision, where the entity has circumstances.
    mutating func use(_ inputs: ExternalInputs)

    /// A key that no record of the file names and whose circumstances may have moved. `nil`: leave it alone.
    mutating func decideAgain(_ key: RecordKey, mirror: ArraySlice<UInt8>) -> KeyVerdict?
}

extension RowInterpreter {
    package var feeds: [String] { [] }
    package var nextDay: UTCInstant? { nil }
    package var claims: [String] { [] }
    package mutating func use(_ inputs: ExternalInputs) {}
    package mutating func decideAgain(_ key: RecordKey, mirror: ArraySlice<UInt8>) -> KeyVerdict? { nil }

    package mutating func confirm(
        _ payload: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer, mirror: UnsafeRawBufferPointer
    ) -> Bool? {
        nil
    }

    package mutating func revise(
        _ payload: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer, mirror: UnsafeRawBufferPointer, into text: inout [UInt8]
    ) -> Revision? {
        nil
    }
}
