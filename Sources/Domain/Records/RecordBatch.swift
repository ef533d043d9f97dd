/// Some consecutive records of a file, typed by a profile for one entity: what a reader fills and an entity reads.
///
/// A batch is reused from call to call, so that a million records allocate nothing. Cells are laid out flat: an entry
/// has `rowCount` rows (more than one where a pivoted layout spreads one line over several warehouses), each of
/// `fieldCount` cells in the order of the entity's `fields`.
public struct RecordBatch: Sendable {
    /// One value, typed by the profile.
    public enum Cell: Hashable, Sendable {
        /// The file has no such column.
        case absent
        /// The column is there and holds nothing (or one of the profile's missing values); the blank policy is `keep`.
        case blank
        /// As `blank`, with the policy `clear`: the owner says there is no value any more.
        case cleared
        /// A range of `bytes`, in UTF-8.
        case text(Range<Int>)
        case decimal(ExactDecimal)
        case instant(UTCInstant)
        case boolean(Bool)
    }

    public struct Entry: Sendable {
        public var origin: RecordOrigin
        /// Index of the first cell.
        public var firstCell: Int
        public var rowCount: Int
        /// Index into `rejections`, or -1 where the record was read well.
        public var rejection: Int

        @inlinable public init(origin: RecordOrigin, firstCell: Int, rowCount: Int, rejection: Int = -1) {
            self.origin = origin
            self.firstCell = firstCell
            self.rowCount = rowCount
            self.rejection = rejection
        }
    }

    /// A record that the reader could not take. Its cells are those that could be read, so that the key, if readable,
    /// still tells which other records it spoils.
    package struct Rejection: Sendable {
        package var reason: RejectReason
        /// The record's bytes exactly as delivered.
        package var original: [UInt8]

        package init(reason: RejectReason, original: [UInt8]) {
            self.reason = reason
            self.original = original
        }
    }

    public let fieldCount: Int
    public var bytes: [UInt8] = []
    public var cells: [Cell] = []
    public var entries: [Entry] = []
    package var rejections: [Rejection] = []

    public init(fieldCount: Int) { self.fieldCount = fieldCount }

    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        cells.removeAll(keepingCapacity: true)
        entries.removeAll(keepingCapacity: true)
        rejections.removeAll(keepingCapacity: true)
    }

    @inlinable @inline(__always)
    public func cell(_ entry: Entry, row: Int, field: Int) -> Cell {
        cells[entry.firstCell + row * fieldCount + field]
    }
}
