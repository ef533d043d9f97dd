import Domain

/// One part of a spill, sorted: rows of equal key hash stand together, within them rows of equal key, in file order.
struct SpilledRows {
    var bytes: [UInt8] = []
    private(set) var rows: [KeyedRows.Row] = []
    private(set) var keyHashes: [Int64] = []

    private var order: [(keyHash: Int64, index: Int)] = []
    private var unsorted: [(keyHash: Int64, row: KeyedRows.Row)] = []
    /// How many rows there are of each bucket, then where the next of it goes.
    private var places: [Int] = []

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        rows.removeAll(keepingCapacity: true)
        keyHashes.removeAll(keepingCapacity: true)
        order.removeAll(keepingCapacity: true)
        unsorted.removeAll(keepingCapacity: true)
    }

    /// Finds the rows in `bytes` and puts them in order.
    mutating func index() throws {
        try bytes.withUnsafeBytes { bytes in
            var reader = RawByteReader(bytes)
            while !reader.isAtEnd {
                guard let row = Self.row(&reader) else { throw ByteReader.Malformed() }
                unsorted.append(row)
            }
        }
        spread()
        sortRuns()
        rows.reserveCapacity(order.count)
        keyHashes.reserveCapacity(order.count)
        for (keyHash, index) in order {
            rows.append(unsorted[index].row)
            keyHashes.append(keyHash)
        }
    }

    /// Ranges point into the same bytes.
    private static func row(_ reader: inout RawByteReader) -> (keyHash: Int64, row: KeyedRows.Row)? {
        guard let keyHash = reader.word(), let mark = reader.byte(), let number = reader.varint(), let line = reader.varint(),
            let offset = reader.varint(), let length = reader.varint(), let key = reader.nestedRange(),
            let payload = reader.nestedRange()
        else { return nil }
        let origin = RecordOrigin(number: Int(number), line: Int(line), offset: Int(offset), length: Int(length))
        return (keyHash, KeyedRows.Row(key: key, payload: payload, origin: origin, isIncomplete: mark == 1))
    }

    // MARK: Order

    private static let bucketBits = 11
    /// Fewer are sorted as they are: a part of a small file has a handful of rows, or none.
    private static let fewest = 256

    /// Puts the rows into buckets by the bits of their key hashes that follow those all rows of a part share. Hashes are even, so that a
    /// bucket holds about one row of a million, and nothing is compared for it.
    private mutating func spread() {
        places.removeAll(keepingCapacity: true)
        guard unsorted.count >= Self.fewest else {
            for (index, row) in unsorted.enumerated() { order.append((row.keyHash, index)) }
            places.append(order.count)
            return
        }
        let shift = 63 - RowSpill.parts.trailingZeroBitCount - Self.bucketBits
        let mask = Int64(1) << Self.bucketBits - 1
        places.append(contentsOf: repeatElement(0, count: 1 << Self.bucketBits))
        for row in unsorted { places[Int(row.keyHash >> shift & mask)] += 1 }
        var next = 0
        for bucket in places.indices {
            let count = places[bucket]
            places[bucket] = next
            next += count
        }
        order.append(contentsOf: repeatElement((keyHash: 0, index: 0), count: unsorted.count))
        for (index, row) in unsorted.enumerated() {
            let bucket = Int(row.keyHash >> shift & mask)
            order[places[bucket]] = (row.keyHash, index)
            places[bucket] += 1
        }
    }

    /// Sorts within the buckets. Where a bucket ends stands in `places` now.
    private mutating func sortRuns() {
        var sorted = order
        order = []
        sorted.withUnsafeMutableBufferPointer { sorted in
            var start = 0
            for end in places {
                if end - start > 1 {
                    var run = UnsafeMutableBufferPointer(rebasing: sorted[start..<end])
                    run.sort { precedes($0, $1) }
                }
                start = end
            }
        }
        order = sorted
    }

    private func precedes(_ left: (keyHash: Int64, index: Int), _ right: (keyHash: Int64, index: Int)) -> Bool {
        if left.keyHash != right.keyHash { return left.keyHash < right.keyHash }
        let (left, right) = (unsorted[left.index].row, unsorted[right.index].row)
        let leftKey = bytes[left.key]
        let rightKey = bytes[right.key]
        // The sort is stable: rows of one record stay as they are.
        if leftKey == rightKey { return left.origin.number < right.origin.number }
        return leftKey.lexicographicallyPrecedes(rightKey)
    }
}
