@testable import Formats

/// Rows as the scanner sees them, with the memory in pieces of any size.
struct ScanAll {
    var rows: [[[UInt8]]] = []
    var strayRows: [Int] = []
    var lengths: [Int] = []
    var lineCounts: [Int] = []
    var openQuote = false

    init(_ bytes: [UInt8], dialect: CSVDialect = .rfc4180, bufferSize: Int = 1 << 16) throws {
        let window = ByteWindow(MemoryByteSource(bytes), capacity: bufferSize)
        let scanner = CSVScanner(dialect)
        let text = CellText(dialect)
        let fields = FieldBuffer(capacity: 64)
        var row = ScannedRow()
        while true {
            if window.available == 0 { try window.refill() }
            if window.available == 0 { return }
            switch scanner.scan(
                window.current, count: window.available, isFinal: window.isFinal, fields: fields.spans, row: &row)
            {
            case .row:
                rows.append(
                    (0..<row.fieldCount).map { index in
                        var cell: [UInt8] = []
                        text.append(fields.spans[index], of: window.current, to: &cell)
                        return cell
                    })
                if row.strayQuote >= 0 { strayRows.append(rows.count - 1) }
                lengths.append(row.length)
                lineCounts.append(row.lineCount)
                window.consume(row.length)
            case .needsMore: try window.refill()
            case .openQuote, .tooManyFields:
                openQuote = true
                return
            }
        }
    }

    var texts: [[String]] { rows.map { $0.map { String(decoding: $0, as: UTF8.self) } } }
}
