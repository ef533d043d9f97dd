import Domain

/// Which row holds the captions, judged by what stands around it.
struct HeaderGuess {
    /// Index of the header row; `nil` where the table starts at once.
    private(set) var row: Int?
    /// Rows above the table.
    private(set) var preamble = 0
    /// Rows below the header that are captions once more, in other words.
    private(set) var extraRows = 0
    /// The row above the captions says to which group of columns each belongs, such as a warehouse.
    private(set) var hasGroups = false
    /// Index of the first record.
    var firstRecord: Int { row.map { $0 + 1 + extraRows } ?? preamble }

    init(_ rows: [RowSample.Row], width: Int, hint: InspectionHints.Header? = nil) {
        guard !rows.isEmpty else { return }
        // The table starts at the first row of full width that is filled well enough to be captions or data.
        let start =
            rows.prefix(50).firstIndex { row in
                row.cells.count >= width && row.cells.count { !$0.isEmpty } * 2 > width
            } ?? 0
        preamble = start
        switch hint {
        case .line(let line):
            row = rows.firstIndex { $0.line >= line } ?? start
            preamble = row ?? start
        case .absent: row = nil
        case nil: if Self.isHeader(rows, at: start, width: width) { row = start }
        }
        // Who names the line knows what is below it.
        guard hint == nil, let first = row else { return }
        for captions in [first, first + 1] where Self.isGrouped(rows, captions: captions) {
            (row, preamble, hasGroups) = (captions, captions - 1, true)
            return
        }
        extraRows = Self.extraRows(rows.dropFirst(first + 1), width: width)
        // Captions of groups stand twice above those of the columns.
        if extraRows == 1, Set(rows[first].cells).count < rows[first].cells.count, Set(rows[first + 1].cells).count == rows[first + 1].cells.count {
            (row, preamble, extraRows) = (first + 1, first + 1, 0)
        }
    }

    /// Whether the captions of a row stand for one column each only with what stands above them, where a cell reaches over those to its
    /// right that are empty.
    private static func isGrouped(_ rows: [RowSample.Row], captions index: Int) -> Bool {
        guard index > 0, rows.indices.contains(index + 1), rows[index - 1].line + 1 == rows[index].line else { return false }
        let (above, captions) = (rows[index - 1].cells, rows[index].cells)
        let named = captions.filter { !$0.isEmpty }
        guard above.count == captions.count, above.contains([]), above.count(where: { !$0.isEmpty }) > 1, named.allSatisfy(isWord),
            Set(named).count < named.count, rows[index + 1].cells.contains(where: { !$0.isEmpty && !isWord($0) })
        else { return false }
        let joined = CaptionRows.joined([above, captions].map { $0.map { String(decoding: $0, as: UTF8.self) } }, by: " ", groups: .fill)
        return !joined.contains("") && Set(joined.map { $0.lowercased() }).count == joined.count
    }

    private static func isHeader(_ rows: [RowSample.Row], at start: Int, width: Int) -> Bool {
        let first = rows[start].cells
        let looksLikeWords = first.allSatisfy { $0.isEmpty || isWord($0) }
        let hasValuesBelow = rows.dropFirst(start + 1).prefix(50).contains { row in
            row.cells.contains { !$0.isEmpty && !isWord($0) }
        }
        let isUnique = Set(first).count == first.count || first.contains([])
        if looksLikeWords && width > 1 && (hasValuesBelow || (isUnique && rows.count > start + 1)) { return true }
        // Words that captions are made of, though numbers may stand beside them, such as those of warehouses; each once.
        let known = first.count { isKnownCaption($0) }
        if isUnique && known > 0 && (known >= 2 || first.count == 1) && first.allSatisfy({ isKnownCaption($0) || $0.count <= 12 }) { return true }
        // The key's own word, and beside it the numbers of warehouses: no record has a code for a quantity.
        return isUnique && first.contains(where: isKeyCaption)
            && first.allSatisfy { isKnownCaption($0) || !$0.isEmpty && $0.count <= 6 && $0.allSatisfy { $0 &- 0x30 <= 9 } }
    }

    private static func isKeyCaption(_ cell: [UInt8]) -> Bool {
        guard !cell.isEmpty, cell.count <= 40 else { return false }
        let caption = CaptionWords(String(decoding: cell, as: UTF8.self))
        return FieldVocabulary.fields.contains { $0.name == "sku" && $0.words.contains { caption.fit($0) == .same } }
    }

    private static func isKnownCaption(_ cell: [UInt8]) -> Bool {
        guard !cell.isEmpty, cell.count <= 40 else { return false }
        let caption = CaptionWords(String(decoding: cell, as: UTF8.self))
        return FieldVocabulary.fields.contains { field in field.words.contains { caption.fit($0) == .same } }
    }

    /// A row of words only, filled like a header or blank in its first cell as a row of units is, where at least two columns hold no
    /// words below it.
    private static func extraRows(_ below: ArraySlice<RowSample.Row>, width: Int) -> Int {
        guard let row = below.first, row.cells.count == width, row.cells.contains(where: { !$0.isEmpty }),
            row.cells.allSatisfy({ $0.isEmpty || isWord($0) }),
            row.cells.allSatisfy({ !$0.isEmpty })
                || row.cells.first?.isEmpty == true && below.dropFirst().prefix(50).allSatisfy({ $0.cells.first?.isEmpty == false })
        else { return 0 }
        let records = below.dropFirst().prefix(50)
        let columns = (0..<width).filter { index in
            let values = records.compactMap { index < $0.cells.count && !$0.cells[index].isEmpty ? $0.cells[index] : nil }
            return !values.isEmpty && values.allSatisfy { !isWord($0) }
        }
        return columns.count >= 2 ? 1 : 0
    }

    /// Neither a number nor a date: something that can be a caption.
    private static func isWord(_ cell: [UInt8]) -> Bool {
        let digits = cell.count { $0 &- 0x30 <= 9 }
        return digits * 2 < cell.count
    }
}
