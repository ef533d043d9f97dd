/// Where the shop keeps the ERP's numbers of its documents, for staff and other programs to see. Our own record is the ledger.
package protocol NumberBook: Sendable {
    /// Enters numbers. Safe to repeat: what stands there already is not written again, and another number is never written over.
    ///
    /// - Returns: what became of each, in any order. Throws `Diagnostic` where the shop could not be asked or did not answer; then some
    ///   may have been entered.
    func enter(_ documents: [NumberedDocument]) async throws -> [NumberEntry]
}

/// A document and the number that the ERP gave it.
package struct NumberedDocument: Hashable, Sendable {
    /// Its number inside the shop.
    package var place: Int64
    package var identity: RecordKey
    package var number: String

    package init(place: Int64, identity: RecordKey, number: String) {
        self.place = place
        self.identity = identity
        self.number = number
    }
}

package struct NumberEntry: Hashable, Sendable {
    package enum Outcome: Hashable, Sendable {
        case entered
        /// Why the shop does not have it: `the shop has order number 77 there`.
        case left(String)
    }

    package var document: NumberedDocument
    package var outcome: Outcome

    package init(_ document: NumberedDocument, _ outcome: Outcome) {
        self.document = document
        self.outcome = outcome
    }
}
