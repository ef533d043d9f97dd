/// The rows of a sample under one guess of the dialect.
struct RowSample {
    struct Row {
        var line: Int
        /// Its bytes without the line end.
        var content: Range<Int>
        var cells: [[UInt8]]
        var hasStrayQuote: Bool
        var hasQuotedCell: Bool
        /// 0 none, 1 LF or CR, 2 CRLF.
        var ending: Ending
    }

    enum Ending: String, CaseIterable {
        case crlf = "CRLF"
        case lf = "LF"
        case cr = "CR"
        case none
    }

    private(set) var rows: [Row] = []
    /// Where a quote was opened and never closed.
    private(set) var openQuoteLine: Int?

    /// `bytes` in UTF-8 or any page that keeps ASCII. Stops after `limit` rows.
    init(_ bytes: [UInt8], dialect: CSVDialect, limit: Int = .max) {
        let padded = bytes + [UInt8](repeating: 0, count: ByteWindow.margin)
        let scanner = CSVScanner(dialect)
        let text = CellText(dialect)
        let buffer = FieldBuffer(capacity: Layout.maximumColumns)
        padded.withUnsafeBufferPointer { memory in
            guard let base = memory.baseAddress else { return }
            var position = 0
            var line = 1
            while position < bytes.count, rows.count < limit {
                if !dialect.commentPrefix.isEmpty, bytes[position...].starts(with: dialect.commentPrefix) {
                    let end = bytes[position...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? bytes.count
                    position = bytes[end...].starts(with: [0x0D, 0x0A]) ? end + 2 : min(end + 1, bytes.count)
                    line += 1
                    continue
                }
                var row = ScannedRow()
                let outcome = scanner.scan(
                    base + position, count: bytes.count - position, isFinal: true, fields: buffer.spans, row: &row)
                guard case .row = outcome else {
                    if case .openQuote(let at) = outcome {
                        openQuoteLine = line + CSVScanner.countLines(base + position, from: 0, to: at)
                    }
                    return
                }
                let cells = (0..<row.fieldCount).map { index in
                    var cell: [UInt8] = []
                    text.append(buffer.spans[index], of: base + position, to: &cell)
                    return cell
                }
                let isQuoted = (0..<row.fieldCount).contains { buffer.spans[$0].isQuoted }
                let last = row.hasLineEnd ? base[position + row.length - 1] : 0
                let ending: Ending =
                    !row.hasLineEnd ? .none : row.length - row.contentLength == 2 ? .crlf : last == 0x0A ? .lf : .cr
                rows.append(
                    Row(
                        line: line, content: position..<position + row.contentLength, cells: cells, hasStrayQuote: row.strayQuote >= 0,
                        hasQuotedCell: isQuoted,
                        ending: ending))
                position += row.length
                line += row.lineCount
            }
        }
    }

    /// Rows with anything in them.
    var filled: [Row] {
        rows.filter { row in row.cells.contains { cell in cell.contains { $0 != 0x20 && $0 != 0x1A && $0 != 0 } } }
    }
}
