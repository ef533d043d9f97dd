import Domain

/// Where the text of one column lies among a record's collected bytes.
struct SlotValue {
    var start: Int32 = 0
    var end: Int32 = 0
    /// How often the column was found; 0: not at all.
    var count: Int32 = 0
    /// Up to where the place behind `end` is kept for what is still to be joined to it.
    var room: Int32 = 0
}

/// What several values of one slot mean, and whether each row of a record has its own.
struct SlotRule {
    var repeated: DocumentFile.Repeated
    var separator: [UInt8]
    var isInRow: Bool
}

/// A record whose values were gathered from several places (elements, lines, a header above), one slot per column of the
/// schema. Valid only while it is handed over.
struct CollectedRecord {
    /// UTF-8 that the slots point into.
    var bytes: UnsafePointer<UInt8>
    /// One per column: what all rows share.
    var slots: UnsafePointer<SlotValue>
    /// `rowCount` times one per column; only those of `inRow` columns count.
    var rows: UnsafePointer<SlotValue>?
    /// 0: the record has no rows of its own and is one row.
    var rowCount: Int
    var inRow: [Bool]
    var origin: RecordOrigin
    var fault: RejectReason?
    /// The record as delivered, or what the reader made of it; the taker restores it when it needs it.
    var original: UnsafeBufferPointer<UInt8>

    /// The value of `column` in `row`; `nil` where the record does not have it.
    @inline(__always)
    func value(_ column: Int, row: Int) -> UnsafeBufferPointer<UInt8>? {
        let slot = slot(column, row: row)
        return slot.count == 0 ? nil : .init(start: bytes + Int(slot.start), count: Int(slot.end - slot.start))
    }

    @inline(__always)
    func slot(_ column: Int, row: Int) -> SlotValue {
        if rowCount > 0, inRow[column], let rows { return rows[row * inRow.count + column] }
        return slots[column]
    }

    func text(_ column: Int, row: Int = 0) -> String? { value(column, row: row).map { String(decoding: $0, as: UTF8.self) } }
}

/// What becomes of collected records: entries of a batch, or rows of a converted file.
protocol RecordSink: AnyObject {
    func take(_ record: CollectedRecord) throws
    /// The last records, whose bytes these are, belong to a document that turned out not to be believed.
    func rejectAll(_ originals: [UnsafeBufferPointer<UInt8>], because reason: RejectReason)
}
