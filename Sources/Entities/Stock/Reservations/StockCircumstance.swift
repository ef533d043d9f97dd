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

    package init(held: [StockLevel], reserved: [Reserved] = []) {
        self.held = held
        self.reserved = reserved
    }

    package init(encoded: EncodedValue) throws {
        var reader = ByteReader(encoded)
        var levels = ByteReader(try reader.nestedSlice())
        held = []
        while !levels.isAtEnd { held.append(try StockLevel(from: &levels)) }
        reserved = []
        while !reader.isAtEnd { reserved.append(Reserved(order: try reader.text(), quantity: try reader.decimal())) }
    }

    package var encoded: EncodedValue {
        var levels: [UInt8] = []
        for level in held { level.encode(into: &levels) }
        var bytes: [UInt8] = []
        ByteWriter.nested(levels[...], into: &bytes)
        for reserved in reserved {
            ByteWriter.text(reserved.order, into: &bytes)
            ByteWriter.decimal(reserved.quantity, into: &bytes)
        }
        return bytes
    }
}
