/// Counts what a source of documents has, whatever was done about it. Only reads.
package protocol DocumentCensus: Sendable {
    /// Hands over every document that came to be at or after `from` and before `to`, page by page, each at least once.
    func census(from: UTCInstant, to: UTCInstant, _ visit: ([CountedDocument]) async throws -> Void) async throws
}

/// A document as a count sees it: how far it has come, and what it comes to.
package struct CountedDocument: Hashable, Sendable {
    package var identity: RecordKey
    package var readiness: DocumentReadiness
    package var total: ExactDecimal
    /// In whole or in part.
    package var isDespatched: Bool
    /// `nil` where there is none.
    package var invoiced: ExactDecimal?
    package var credited: ExactDecimal?

    package init(
        identity: RecordKey, readiness: DocumentReadiness, total: ExactDecimal, isDespatched: Bool = false, invoiced: ExactDecimal? = nil,
        credited: ExactDecimal? = nil
    ) {
        self.identity = identity
        self.readiness = readiness
        self.total = total
        self.isDespatched = isDespatched
        self.invoiced = invoiced
        self.credited = credited
    }
}
