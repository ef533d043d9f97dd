/// Where documents wait to leave the shop: orders, above all. The engine drives it and knows nothing of what they are.
///
/// Everything here only reads. What was sent already is the engine's business: a source may name the same document as often as
/// it likes.
package protocol DocumentSource: Sendable {
    /// Hands over every document that changed at or after `since` by the shop's own clock (`nil`: every one that is open), page
    /// by page, each at least once. A document that changes meanwhile may come twice or not; the next sweep has it.
    ///
    /// - Returns: up to when by the shop's clock this sweep saw everything; `nil` where the shop did not say. The next sweep begins
    ///   some time before it, because a document becomes visible later than its time says (reliability D2).
    func sweep(since: UTCInstant?, _ visit: ([DocumentSighting]) async throws -> Void) async throws -> UTCInstant?

    /// The documents at these places as they are now, in no particular order. One that is gone is left out.
    func fetch(_ places: [Int64]) async throws -> [OutboundDocument]
}

/// A document as a sweep sees it: enough to tell whether it is due.
package struct DocumentSighting: Hashable, Sendable {
    /// Its number inside the shop, by which it is fetched.
    package var place: Int64
    /// The number that people and the ERP know; what must leave once.
    package var identity: RecordKey
    /// When it came to be in the shop, where the source tells it.
    package var placed: UTCInstant?
    package var modified: UTCInstant
    package var readiness: DocumentReadiness

    package init(
        place: Int64, identity: RecordKey, placed: UTCInstant? = nil, modified: UTCInstant, readiness: DocumentReadiness
    ) {
        self.place = place
        self.identity = identity
        self.placed = placed
        self.modified = modified
        self.readiness = readiness
    }
}

extension DocumentSighting {
    /// The same under a name of its own: two documents of the shop bear one number, and the other one has it already.
    package var asTwin: DocumentSighting {
        var twin = self
        twin.identity = RecordKey("\(identity.text) (id \(place))")
        return twin
    }
}

/// Whether a document may leave now.
package enum DocumentReadiness: Hashable, Sendable {
    case ready
    /// Not yet; why, in words: `waits for payment (state pending_payment)`.
    case waiting(String)
    /// Called off: `cancelled in the shop`. Where it has left already, a person must tell the ERP.
    case withdrawn(String)
    /// It need not leave any more, and where it has left that is in order: `finished before this flow began`.
    case passed(String)
}

/// A document with all that is in it.
package struct OutboundDocument: Hashable, Sendable {
    package var observation: DocumentSighting
    /// In the source's own form; only the maker reads it.
    package var content: EncodedValue

    package init(observation: DocumentSighting, content: EncodedValue) {
        self.observation = observation
        self.content = content
    }
}
