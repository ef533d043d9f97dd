package import Domain

/// What Magento should hold of one product's prices of one kind: an entry per slot, in order, so that equal values are equal
/// bytes.
package struct PriceValue: Hashable, Sendable {
    package private(set) var entries: [PriceEntry]
    /// The shop's spelling of the SKU, where it is not the file's.
    package var spelling: RecordKey?

    /// Of two entries of one slot the last stays.
    package init(_ entries: some Sequence<PriceEntry> = [], spelling: RecordKey? = nil) {
        var bySlot: [PriceEntry.Slot: PriceEntry] = [:]
        for entry in entries { bySlot[entry.slot] = entry }
        self.entries = bySlot.values.sorted { $0.slot < $1.slot }
        self.spelling = spelling
    }

    package init(encoded: EncodedValue) throws { try self.init(encoded: encoded[...]) }

    package init(encoded: ArraySlice<UInt8>) throws {
        var reader = ByteReader(encoded)
        var inner = ByteReader(try reader.nestedSlice())
        entries = []
        while !inner.isAtEnd { entries.append(try PriceEntry(from: &inner)) }
        spelling = reader.isAtEnd ? nil : RecordKey(try reader.nestedSlice())
    }

    package var encoded: EncodedValue {
        var inner: [UInt8] = []
        for entry in entries { entry.encode(into: &inner) }
        var bytes: [UInt8] = []
        ByteWriter.nested(inner[...], into: &bytes)
        if let spelling { ByteWriter.nested(spelling.bytes[...], into: &bytes) }
        return bytes
    }

    package var isEmpty: Bool { entries.isEmpty }

    package subscript(_ slot: PriceEntry.Slot) -> PriceEntry? { entries.first { $0.slot == slot } }

    /// The entries that `before` has not, or has otherwise.
    package func entries(differingFrom before: PriceValue?) -> [PriceEntry] {
        guard let before else { return entries }
        return entries.filter { before[$0.slot] != $0 }
    }

    /// This value with `others` in place of what it has in their slots.
    package func overlaid(with others: [PriceEntry]) -> PriceValue { PriceValue(entries + others, spelling: spelling) }
}
