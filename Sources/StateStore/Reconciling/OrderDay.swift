package import Domain

/// The orders that were placed on one trading day, as the shop and the ledger count them.
package struct OrderDay: Hashable, Sendable {
    /// How far an order has come. An order counts in each stage that it has reached.
    package enum Stage: String, Hashable, Sendable, CaseIterable {
        case placed
        /// Not due yet, by the shop: unpaid, on hold.
        case waiting
        case cancelled
        case exported, acknowledged
        /// In whole or in part.
        case despatched
        case invoiced, credited
    }

    package var flow: String
    package var day: CivilDate
    package var at: UTCInstant
    package var stages: [Stage: CountedSum] = [:]
    package var gaps: [OrderGap] = []

    package init(flow: String, day: CivilDate, at: UTCInstant) {
        self.flow = flow
        self.day = day
        self.at = at
    }

    package mutating func count(_ stage: Stage, _ sum: ExactDecimal) { stages[stage, default: CountedSum()].add(sum) }
}

/// An order that one side has and the other has not, or has otherwise.
package struct OrderGap: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// The shop has it ready, and it has not left.
        case notExported = "not-exported"
        /// It left, and the shop does not have it.
        case notInShop = "not-in-shop"
        case notAcknowledged = "not-acknowledged"
        /// The ERP said no.
        case refused
        /// Confirmed without a number of the ERP's.
        case withoutNumber = "no-erp-number"
        case sumDiffers = "sum-differs"
    }

    package var identity: RecordKey
    package var kind: Kind
    package var text: String

    package init(identity: RecordKey, kind: Kind, text: String) {
        self.identity = identity
        self.kind = kind
        self.text = text
    }
}

/// How the ledger stands to an order: what a comparison needs of it.
package struct OrderStanding: Hashable, Sendable {
    package var document: OutboxDocument
    /// What its file said it came to; `nil` where it has not left.
    package var total: ExactDecimal?
    package var placed: UTCInstant?
    package var due: UTCInstant?
    package var acknowledged: UTCInstant?
    package var erpNumber: String?
    package var refusal: String?
}
