import Domain

/// The records behind rows in file order: a pivoted record has several rows, and counts once.
struct GroupRecords: Sequence, IteratorProtocol {
    struct Element {
        var origin: RecordOrigin
        /// Positions in the group, from 0.
        var rows: Range<Int>
        /// The record was rejected already.
        var isIncomplete: Bool
    }

    private let all: ArraySlice<KeyedRows.Row>
    private var position: Int

    init(_ rows: ArraySlice<KeyedRows.Row>) {
        all = rows
        position = rows.startIndex
    }

    mutating func next() -> Element? {
        guard position < all.endIndex else { return nil }
        let start = position
        var isIncomplete = false
        while position < all.endIndex, all[position].origin.number == all[start].origin.number {
            isIncomplete = isIncomplete || all[position].isIncomplete
            position += 1
        }
        return Element(
            origin: all[start].origin, rows: start - all.startIndex..<position - all.startIndex, isIncomplete: isIncomplete
        )
    }
}
