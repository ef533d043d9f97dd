/// Rows on their way from records to keys: a flat buffer that an interpreter fills and the engine drains into its spill.
public struct KeyedRows: Sendable {
    public struct Row: Sendable {
        public var key: Range<Int>
        public var payload: Range<Int>
        public var origin: RecordOrigin
        /// The record was rejected already; the row only marks its key as incomplete.
        public var isIncomplete: Bool

        @inlinable public init(key: Range<Int>, payload: Range<Int>, origin: RecordOrigin, isIncomplete: Bool) {
            self.key = key
            self.payload = payload
            self.origin = origin
            self.isIncomplete = isIncomplete
        }
    }

    package struct Rejected: Sendable {
        package var entry: Int
        package var reason: RejectReason
        package var key: RecordKey?
    }

    package private(set) var bytes: [UInt8] = []
    package private(set) var rows: [Row] = []
    /// Records that the interpreter itself refused.
    package private(set) var rejected: [Rejected] = []

    package init() {}

    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        rows.removeAll(keepingCapacity: true)
        rejected.removeAll(keepingCapacity: true)
    }

    package mutating func append(key: ArraySlice<UInt8>, origin: RecordOrigin, payload: (inout [UInt8]) -> Void) {
        key.withUnsafeBytes { append(key: $0, origin: origin, payload: payload) }
    }

    /// As above, from memory that the caller keeps alive meanwhile.
    @inline(__always)
    package mutating func append(key: UnsafeRawBufferPointer, origin: RecordOrigin, payload: (inout [UInt8]) -> Void) {
        let start = bytes.count
        bytes.append(contentsOf: key)
        let middle = bytes.count
        payload(&bytes)
        rows.append(Row(key: start..<middle, payload: middle..<bytes.count, origin: origin, isIncomplete: false))
    }

    /// Marks `key` as incomplete: a record of it was rejected, so its other records must not be applied alone.
    package mutating func markIncomplete(key: ArraySlice<UInt8>, origin: RecordOrigin) {
        let start = bytes.count
        bytes.append(contentsOf: key)
        rows.append(Row(key: start..<bytes.count, payload: bytes.count..<bytes.count, origin: origin, isIncomplete: true))
    }

    /// Refuses the batch's entry at `entry`. Where `key` is known its other records are spoiled too.
    package mutating func reject(entry: Int, _ reason: RejectReason, key: ArraySlice<UInt8>?, origin: RecordOrigin) {
        rejected.append(Rejected(entry: entry, reason: reason, key: key.map { RecordKey($0) }))
        if let key { markIncomplete(key: key, origin: origin) }
    }
}

/// All rows of one key in file order, as slices of the engine's buffer.
package struct KeyGroup {
    package let key: ArraySlice<UInt8>
    package let bytes: [UInt8]
    package let rows: ArraySlice<KeyedRows.Row>

    package init(key: ArraySlice<UInt8>, bytes: [UInt8], rows: ArraySlice<KeyedRows.Row>) {
        self.key = key
        self.bytes = bytes
        self.rows = rows
    }

    package func payload(_ row: KeyedRows.Row) -> ArraySlice<UInt8> { bytes[row.payload] }
}
