package import Domain

/// What is looked for when a person is to be forgotten.
package struct Erasure: Hashable, Sendable {
    /// A document of the person's that was found in a file of ours.
    package struct Document: Hashable, Sendable {
        package var entity: String
        package var key: RecordKey

        package init(entity: String, key: RecordKey) {
            self.entity = entity
            self.key = key
        }
    }

    /// Orders by number. Their rows are found by it where the records tell of people, and nowhere else.
    package var orders: [RecordKey]
    package var documents: [Document] = []
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
    /// A short number is in every file of figures, and tells nobody apart.
    package var orderNeedles: [[UInt8]] {
        Set(orders + documents.map(\.key)).sorted().filter { $0.bytes.count >= Self.shortest }.flatMap { Self.forms($0.text.lowercased()) }
    }

    package static let shortest = 5

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
