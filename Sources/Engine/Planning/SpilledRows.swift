import Domain

/// One part of a spill, sorted: rows of equal fold stand together, within them rows of equal key, in file order.
struct SpilledRows {
    var bytes: [UInt8] = []
    private(set) var rows: [KeyedRows.Row] = []
    private(set) var folds: [Int64] = []

    private var order: [(fold: Int64, index: Int32)] = []
    private var unsorted: [KeyedRows.Row] = []

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        rows.removeAll(keepingCapacity: true)
        folds.removeAll(keepingCapacity: true)
        order.removeAll(keepingCapacity: true)
        unsorted.removeAll(keepingCapacity: true)
    }

    /// Finds the rows in `bytes` and puts them in order.
    mutating func index() throws {
        var reader = SpillReader(bytes)
        while let (fold, row) = try reader.next() {
            order.append((fold, Int32(unsorted.count)))
            unsorted.append(row)
        }
        var sorted = order
        order = []
        sorted.sort { left, right in
            if left.fold != right.fold { return left.fold < right.fold }
            return precedes(unsorted[Int(left.index)], unsorted[Int(right.index)])
        }
        order = sorted
        for (fold, index) in order {
            rows.append(unsorted[Int(index)])
            folds.append(fold)
        }
    }

    private func precedes(_ left: KeyedRows.Row, _ right: KeyedRows.Row) -> Bool {
        let leftKey = bytes[left.key]
        let rightKey = bytes[right.key]
        if leftKey == rightKey { return left.origin.number < right.origin.number }
        return leftKey.lexicographicallyPrecedes(rightKey)
    }
}

/// Walks encoded rows; ranges point into the same bytes.
private struct SpillReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() throws -> (fold: Int64, row: KeyedRows.Row)? {
        guard position < bytes.count else { return nil }
        guard position + 9 <= bytes.count else { throw ByteReader.Malformed() }
        let fold = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: position, as: Int64.self) }
        let isSpoiled = bytes[position + 8] == 1
        position += 9
        let origin = RecordOrigin(number: try varint(), line: try varint(), offset: try varint(), length: try varint())
        let key = try range()
        let payload = try range()
        return (Int64(littleEndian: fold), KeyedRows.Row(key: key, payload: payload, origin: origin, isSpoiled: isSpoiled))
    }

    private mutating func varint() throws -> Int {
        var number = 0
        var shift = 0
        while true {
            guard position < bytes.count, shift < 63 else { throw ByteReader.Malformed() }
            let byte = bytes[position]
            position += 1
            number |= Int(byte & 0x7F) << shift
            if byte < 0x80 { return number }
            shift += 7
        }
    }

    private mutating func range() throws -> Range<Int> {
        let length = try varint()
        guard length <= bytes.count - position else { throw ByteReader.Malformed() }
        defer { position += length }
        return position..<position + length
    }
}
