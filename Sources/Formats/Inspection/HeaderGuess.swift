import Domain

/// Which row holds the captions, judged by what stands around it.
struct HeaderGuess {
    /// Index of the header row; `nil` where the table starts at once.
    private(set) var row: Int?
    /// Rows above the table.
    private(set) var preamble = 0
    /// Index of the first record.
    var firstRecord: Int { row.map { $0 + 1 } ?? preamble }

    init(_ rows: [RowSample.Row], width: Int) {
        guard !rows.isEmpty else { return }
        // The table starts at the first row of full width that is filled well enough to be captions or data.
        let start =
            rows.prefix(50).firstIndex { row in
                row.cells.count >= width && row.cells.count { !$0.isEmpty } * 2 > width
            } ?? 0
        preamble = start
        let first = rows[start].cells
        let looksLikeWords = first.allSatisfy { $0.isEmpty || Self.isWord($0) }
        let hasValuesBelow = rows.dropFirst(start + 1).prefix(50).contains { row in
            row.cells.contains { !$0.isEmpty && !Self.isWord($0) }
        }
        let isUnique = Set(first).count == first.count || first.contains([])
        if looksLikeWords, width > 1, hasValuesBelow || (isUnique && rows.count > start + 1) { row = start }
    }

    /// Neither a number nor a date: something that can be a caption.
    private static func isWord(_ cell: [UInt8]) -> Bool {
        let digits = cell.count { $0 &- 0x30 <= 9 }
        return digits * 2 < cell.count
    }
}
