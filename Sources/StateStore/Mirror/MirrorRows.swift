package import Domain

/// A part of the mirror in the order of (key hash, key), flat, so that a scan allocates little.
package struct MirrorRows: Sendable {
    package struct Row: Sendable {
        package var keyHash: Int64
        package var key: Range<Int>
        package var value: Range<Int>
        /// We sent the value ourselves, so the shop is known to have the product.
        package var isProven: Bool
        /// The event time of what told the value.
        package var version: UTCInstant
    }

    /// Keys and values; behind those of the last row there may be room.
    package private(set) var bytes: [UInt8] = []
    package private(set) var rows: [Row] = []
    private var filled = 0

    package init() {}

    mutating func removeAll() {
        rows.removeAll(keepingCapacity: true)
        filled = 0
    }

    /// Rows have to come in the order of (key hash, key).
    mutating func append(keyHash: Int64, key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, isProven: Bool, version: UTCInstant) {
        let middle = filled + key.count
        let end = middle + value.count
        if end > bytes.count { bytes.append(contentsOf: repeatElement(0, count: max(end, 2 * bytes.count) - bytes.count)) }
        bytes.withUnsafeMutableBytes { room in
            UnsafeMutableRawBufferPointer(rebasing: room[filled..<middle]).copyMemory(from: key)
            UnsafeMutableRawBufferPointer(rebasing: room[middle..<end]).copyMemory(from: value)
        }
        rows.append(Row(keyHash: keyHash, key: filled..<middle, value: middle..<end, isProven: isProven, version: version))
        filled = end
    }
}
