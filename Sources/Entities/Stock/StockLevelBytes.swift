import Domain

/// An encoded `StockValue` read in place, as far as sending needs it: of a million levels that are compared, text is made of those
/// alone that go to the shop. Refuses the bytes that `StockValue` refuses.
///
/// Valid for as long as the memory it looks at.
struct StockLevelBytes {
    struct Level {
        let source: UnsafeRawBufferPointer
        let quantity: ExactDecimal
        let isInStock: Bool

        /// As `StockLevel` compares: texts are equal where they read alike.
        func equals(_ other: Level) -> Bool {
            quantity == other.quantity && isInStock == other.isInStock && Self.isSameText(source, other.source)
        }

        private static func isSameText(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
            if left.holdsSame(as: right) { return true }
            // An accent may be written in two ways.
            guard !left.allSatisfy({ $0 < 0x80 }), !right.allSatisfy({ $0 < 0x80 }) else { return false }
            return String(decoding: left, as: UTF8.self) == String(decoding: right, as: UTF8.self)
        }
    }

    private let levels: UnsafeRawBufferPointer
    /// The shop's spelling of the SKU, where it is not the file's.
    let spelling: UnsafeRawBufferPointer?

    init?(_ value: UnsafeRawBufferPointer) {
        var reader = RawByteReader(value)
        guard let levels = reader.nested(), Self.areLevels(levels), let operands = reader.nested(), Self.areOperands(operands) else {
            return nil
        }
        self.levels = levels
        var spelled: UnsafeRawBufferPointer?
        if !reader.isAtEnd {
            guard let bytes = reader.nested() else { return nil }
            spelled = bytes.isEmpty ? nil : bytes
        }
        spelling = spelled
        while !reader.isAtEnd {
            guard reader.nestedRange() != nil, reader.nestedRange() != nil, reader.decimal() != nil else { return nil }
        }
    }

    /// `visit` sees each level that is not in `before` alike: all that needs sending.
    func forEach(differingFrom before: StockLevelBytes?, _ visit: (Level) -> Void) {
        var reader = RawByteReader(levels)
        while let level = Self.level(&reader) {
            if let before, before.contains(level) { continue }
            visit(level)
        }
    }

    private func contains(_ wanted: Level) -> Bool {
        var reader = RawByteReader(levels)
        while let level = Self.level(&reader) {
            if level.equals(wanted) { return true }
        }
        return false
    }

    @inline(__always)
    private static func level(_ reader: inout RawByteReader) -> Level? {
        guard !reader.isAtEnd, let source = reader.nested(), let quantity = reader.decimal(), let mark = reader.byte() else { return nil }
        return Level(source: source, quantity: quantity, isInStock: mark == 1)
    }

    private static func areLevels(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var reader = RawByteReader(bytes)
        while !reader.isAtEnd {
            guard level(&reader) != nil else { return false }
        }
        return true
    }

    private static func areOperands(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var reader = RawByteReader(bytes)
        while !reader.isAtEnd {
            guard reader.nestedRange() != nil, StockFigure(raw: &reader) != nil else { return false }
        }
        return true
    }
}
