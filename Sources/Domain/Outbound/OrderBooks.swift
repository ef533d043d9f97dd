/// What the books know of the orders that have left for the ERP, for those who must know which of them the ERP has taken in.
package protocol OrderBooks: Sendable {
    /// How the orders of these numbers have left; one that has not is left out.
    func departures(of orders: [RecordKey]) throws -> [RecordKey: [Departure]]

    /// The end of what is meant by `claim`, the ERP's own word for how far it has read: an order's number or a file's name. Empty
    /// where nothing of that name has left.
    func departures(claimed claim: String) throws -> [Departure]

    /// What the ERP has told of orders and the shop does not know yet.
    func unposted() throws -> UnpostedEvents

    /// The place in the shop of the order that left under this number; `nil` where none did.
    func place(of order: String) throws -> Int64?

    /// The shop's number of the order that left under this short reference; `nil` where none did.
    func number(ofReference reference: String) throws -> String?
}

extension OrderBooks {
    package func place(of order: String) throws -> Int64? { nil }
    package func number(ofReference reference: String) throws -> String? { nil }
}

/// One leaving of an order in a file.
package struct Departure: Hashable, Sendable {
    package var flow: String
    /// The file's number in its flow, and the order's place in the file: what the ERP reads one after the other.
    package var sequence: Int64
    package var position: Int
    /// When the file came to stand in the ERP's folder; `nil` while it is on its way.
    package var placed: UTCInstant?
    /// When the ERP's answer was seen.
    package var acknowledged: UTCInstant?
    package var isRefused: Bool

    package init(
        flow: String, sequence: Int64, position: Int, placed: UTCInstant?, acknowledged: UTCInstant? = nil, isRefused: Bool = false
    ) {
        self.flow = flow
        self.sequence = sequence
        self.position = position
        self.placed = placed
        self.acknowledged = acknowledged
        self.isRefused = isRefused
    }
}

/// Cancellations and credit notes of the ERP that are planned, held or rejected, and not done in the shop.
package struct UnpostedEvents: Hashable, Sendable {
    /// Orders that the ERP has cancelled.
    package var cancelled: Set<RecordKey>
    /// Credit notes, in their entity's encoding.
    package var credits: [EncodedValue]

    package init(cancelled: Set<RecordKey> = [], credits: [EncodedValue] = []) {
        self.cancelled = cancelled
        self.credits = credits
    }
}
