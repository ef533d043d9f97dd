package import Domain

/// What is known of a product besides the ERP's figures: what the shop holds, and for which orders it reserves goods that the figures
/// have left out already.
package struct StockCircumstance: Hashable, Sendable {
    package struct Reserved: Hashable, Sendable {
        package var order: String
        package var quantity: ExactDecimal

        package init(order: String, quantity: ExactDecimal) {
            self.order = order
            self.quantity = quantity
        }
    }

    package var held: [StockLevel]
    package var reserved: [Reserved]
    /// What the shop reserves besides; it changes nothing in what is written.
    package var notIncluded: [OrderNotIncluded]

    package init(held: [StockLevel], reserved: [Reserved] = [], notIncluded: [OrderNotIncluded] = []) {
        self.held = held
        self.reserved = reserved
        self.notIncluded = notIncluded
    }

    package init(encoded: EncodedValue) throws {
        var reader = ByteReader(encoded)
        var levels = ByteReader(try reader.nestedSlice())
        held = []
        while !levels.isAtEnd { held.append(try StockLevel(from: &levels)) }
        var counted = ByteReader(try reader.nestedSlice())
        reserved = []
        while !counted.isAtEnd { reserved.append(Reserved(order: try counted.text(), quantity: try counted.decimal())) }
        notIncluded = []
        while !reader.isAtEnd {
            let (order, quantity) = (try reader.text(), try reader.decimal())
            guard let absence = OrderAbsence(rawValue: try reader.byte()) else { throw ByteReader.Malformed() }
            notIncluded.append(OrderNotIncluded(order: order, quantity: quantity, absence: absence))
        }
    }

    package var encoded: EncodedValue {
        var levels: [UInt8] = []
        for level in held { level.encode(into: &levels) }
        var bytes: [UInt8] = []
        ByteWriter.nested(levels[...], into: &bytes)
        var counted: [UInt8] = []
        for reserved in reserved {
            ByteWriter.text(reserved.order, into: &counted)
            ByteWriter.decimal(reserved.quantity, into: &counted)
        }
        ByteWriter.nested(counted[...], into: &bytes)
        for other in notIncluded {
            ByteWriter.text(other.order, into: &bytes)
            ByteWriter.decimal(other.quantity, into: &bytes)
            bytes.append(other.absence.rawValue)
        }
        return bytes
    }
}
