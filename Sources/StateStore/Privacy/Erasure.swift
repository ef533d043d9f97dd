package import Domain

/// What is looked for when a person is to be forgotten.
package struct Erasure: Hashable, Sendable {
    /// Orders by number. Their rows are found by it where the records tell of people, and nowhere else.
    package var orders: [RecordKey]
    /// Texts that are the person's wherever they stand, in lower case: an e-mail address.
    package var texts: [String]
    /// Entities whose records tell of people.
    package var entities: [String]

    package init(orders: [RecordKey], texts: [String], entities: [String]) {
        self.orders = orders
        self.texts = texts.map { $0.lowercased() }
        self.entities = entities
    }

    /// The bytes to look for, in the encodings that files come in.
    package var needles: [[UInt8]] { texts.flatMap { Self.forms($0) } }
    package var orderNeedles: [[UInt8]] { orders.flatMap { Self.forms($0.text.lowercased()) } }

    private static func forms(_ text: String) -> [[UInt8]] {
        let wide = text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
        return [Array(text.utf8), wide]
    }
}

/// What was forgotten.
package struct ErasureCount: Hashable, Sendable {
    package var records = 0
    package var changes = 0
    package var values = 0
    package var mails = 0
    package var texts = 0

    package init() {}
}
