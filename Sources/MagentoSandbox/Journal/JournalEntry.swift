/// One moment of one exchange. The journal never holds a credential, a signature or a body.
package struct JournalEntry: Hashable, Sendable {
    package enum Event: Hashable, Sendable {
        case arrived
        /// The shop's data changed. A repetition of the same values is a commit too.
        case committed([JournalItem])
        case answered(status: Int)
        /// The connection was cut without an answer.
        case dropped
    }

    /// Counts all entries from 1.
    package var sequence: Int
    /// The same for all entries of one exchange.
    package var exchange: Int
    package var event: Event
    package var method: String
    /// Path without the query.
    package var path: String
    /// SHA-256 of the body, hex; empty without a body.
    package var bodyHash: String
    /// The integration's or user's name, known from the answer on.
    package var caller: String?
    /// The resource the caller lacked.
    package var refusedResource: String?
}
