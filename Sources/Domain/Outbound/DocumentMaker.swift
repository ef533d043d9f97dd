/// Turns a document of the shop into named values that an output profile writes. Pure: the same bytes give the same record.
package protocol DocumentMaker: Sendable {
    /// The name in the tally and in the settings: `orders`.
    var name: String { get }

    /// What the ERP is to be told; throws `DocumentRefusal` where the document cannot be told rightly, and `DocumentWithdrawal` where there
    /// is nothing to tell any more.
    func make(_ document: OutboundDocument) throws -> MadeDocument

    /// What is reported when the ERP's answer refuses a document of which `told` was kept.
    func refusal(_ answer: DocumentAnswer, told: EncodedValue?) -> RejectReason

    /// The code under which a document is reported that need not leave any more.
    var withdrawalCode: String { get }
}

extension DocumentMaker {
    package func refusal(_ answer: DocumentAnswer, told: EncodedValue?) -> RejectReason {
        RejectReason(
            "ERP-REFUSED", "the ERP did not take it: \(answer.refusal ?? "")",
            fix: "Correct it, then send it again: `tallyman resend \(answer.identity) --because 'corrected'`")
    }

    package var withdrawalCode: String { "CANCELLED-IN-TIME" }
}

/// Why a document does not leave. It waits in the error queue; whatever is mended, the next run tries again.
package struct DocumentRefusal: Error, Hashable, Sendable {
    package var reason: RejectReason

    package init(_ reason: RejectReason) { self.reason = reason }
}

/// Why there is nothing left of a document that could leave: `everything was refunded`.
package struct DocumentWithdrawal: Error, Hashable, Sendable {
    package var why: String

    package init(_ why: String) { self.why = why }
}

/// A document ready to be written.
package struct MadeDocument: Hashable, Sendable {
    package var record: DocumentRecord
    /// One line for previews and `show`: `000000012: 3 lines, 120.50 GBP, checkmo`.
    package var summary: String
    /// What the batch's trailer adds up.
    package var total: ExactDecimal
    /// What of the shop's document is told otherwise than it stands there: `line A: 1 of 3, 2 refunded`.
    package var notes: [String]
    /// A short number by which the ERP knows it besides; no two documents of a flow share one.
    package var reference: String?
    /// What the books keep of what the ERP is told, in the entity's own form: later documents are measured against it.
    package var told: EncodedValue?

    package init(
        record: DocumentRecord, summary: String, total: ExactDecimal, notes: [String] = [], reference: String? = nil, told: EncodedValue? = nil
    ) {
        self.record = record
        self.summary = summary
        self.total = total
        self.notes = notes
        self.reference = reference
        self.told = told
    }
}

/// Named values, and groups of records below: an order with its lines.
package struct DocumentRecord: Hashable, Sendable {
    package var values: [String: DocumentValue]
    package var groups: [String: [DocumentRecord]]

    package init(_ values: [String: DocumentValue] = [:], groups: [String: [DocumentRecord]] = [:]) {
        self.values = values
        self.groups = groups
    }
}

/// How a value is written is the output profile's business.
package enum DocumentValue: Hashable, Sendable {
    case text(String)
    case number(ExactDecimal)
    case instant(UTCInstant)
}
