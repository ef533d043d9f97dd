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
        try bytes.withUnsafeBytes { bytes in
            var reader = RawByteReader(bytes)
            while !reader.isAtEnd {
                guard let (fold, row) = Self.row(&reader) else { throw ByteReader.Malformed() }
                order.append((fold, Int32(unsorted.count)))
                unsorted.append(row)
            }
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

    /// Ranges point into the same bytes.
    private static func row(_ reader: inout RawByteReader) -> (fold: Int64, row: KeyedRows.Row)? {
        guard let fold = reader.word(), let mark = reader.byte(), let number = reader.varint(), let line = reader.varint(),
            let offset = reader.varint(), let length = reader.varint(), let key = reader.nestedRange(),
            let payload = reader.nestedRange()
        else { return nil }
        let origin = RecordOrigin(number: Int(number), line: Int(line), offset: Int(offset), length: Int(length))
        return (fold, KeyedRows.Row(key: key, payload: payload, origin: origin, isSpoiled: mark == 1))
    }

    private func precedes(_ left: KeyedRows.Row, _ right: KeyedRows.Row) -> Bool {
        let leftKey = bytes[left.key]
        let rightKey = bytes[right.key]
        if leftKey == rightKey { return left.origin.number < right.origin.number }
        return leftKey.lexicographicallyPrecedes(rightKey)
    }
}
