import Domain

/// Quoted cells that may have swallowed the rows below them.
///
/// One stray quote at the start of a cell joins everything up to the next quote into that cell, and the last row's cells then stand
/// behind the first row's key. Such a record has two readings: one cell with line ends in it, or several rows. If a line inside the
/// record could begin a row of its own, or the quoting is broken, none of its lines is believed: each is handed on as a doubtful
/// record of its own, so that the keys of all of them are known to be rejected.
extension RowReader {
    /// How far behind the record a row is followed that begins inside it, in bytes.
    private static let reach = 4096

    /// Called for a scanned row of several lines, and for each row inside a doubtful stretch.
    mutating func settleDoubt() throws {
        if window.consumed >= doubtfulEnd {
            guard let end = try endOfDoubt() else { return }
            doubtfulEnd = window.consumed + end
        }
        try scanLineAlone()
        isDoubtful = true
    }

    /// Where the stretch ends that has two readings, counted from the current row; `nil` where there is only one.
    private mutating func endOfDoubt() throws -> Int? {
        let whole = row.length
        var isDoubtful = row.hasBrokenQuote
        var end = whole
        var start = 0
        while let line = scanner.lineLength(window.current + start, count: whole - start, isFinal: true) {
            start += line.whole
            if start >= whole { break }
            guard let behind = try endOfRow(at: start, limit: whole + Self.reach) else { continue }
            isDoubtful = true
            end = max(end, behind)
        }
        let isOneLine = scanner.lineLength(window.current, count: whole, isFinal: true).map { $0.whole >= whole } ?? true
        return isDoubtful && !isOneLine ? end : nil
    }

    /// Where the row ends that could begin at `start`; `nil` where none could.
    private mutating func endOfRow(at start: Int, limit: Int) throws -> Int? {
        let cells = peeked ?? FieldBuffer(capacity: Layout.maximumColumns)
        peeked = cells
        var found = ScannedRow()
        while true {
            let count = min(window.available, limit) - start
            let isFinal = window.isFinal && window.available <= limit
            switch scanner.scan(window.current + start, count: count, isFinal: isFinal, fields: cells.spans, row: &found) {
            case .row: return isPossible(found, cells, from: window.current + start) ? start + found.length : nil
            case .openQuote, .tooManyFields: return nil
            case .needsMore:
                // Longer than is followed: it may be a row.
                if window.available >= limit { return limit - Self.reach }
                try window.refill()
            }
        }
    }

    private func isPossible(_ found: ScannedRow, _ cells: FieldBuffer, from base: UnsafePointer<UInt8>) -> Bool {
        guard areStrayQuotesLiteral || found.strayQuote < 0 else { return false }
        if found.hasBrokenQuote || layout.shortRows == .allow || usualWidth == nil { return found.fieldCount > 1 }
        guard let width = usualWidth, width > 1 else { return false }
        if found.fieldCount <= width { return found.fieldCount == width }
        return layout.trailingSeparators != .reject && (width..<found.fieldCount).allSatisfy { cells.spans[$0].isEmpty }
    }

    /// Makes the physical line at the window's start the current row.
    private mutating func scanLineAlone() throws {
        var line = scanner.lineLength(window.current, count: window.available, isFinal: window.isFinal)
        while line == nil {
            try window.refill()
            line = scanner.lineLength(window.current, count: window.available, isFinal: window.isFinal)
        }
        guard let line, line.content > 0 else { return }
        var outcome = scanner.scan(window.current, count: line.content, isFinal: true, fields: fields.spans, row: &row)
        if case .row = outcome {
        } else {
            outcome = quoteless.scan(window.current, count: line.content, isFinal: true, fields: fields.spans, row: &row)
            if case .row = outcome {
            } else {
                throw Diagnostic(
                    "CSV-COLUMNS", "a row has more than \(Layout.maximumColumns) cells", at: .init(file: file, line: nextLine),
                    fix: "check the separator in dialect.json with `inspect`")
            }
        }
        row.length = line.whole
        row.contentLength = line.content
        row.lineCount = line.whole > line.content ? 1 : 0
    }

    /// Divides the current line anew where its quotes may be text.
    mutating func divideLiterally(_ accepts: @escaping ([FieldSpan]) -> Bool) -> LiteralQuotes.Outcome {
        let line = UnsafeBufferPointer(start: UnsafePointer(window.current), count: row.contentLength)
        let outcome = LiteralQuotes.divide(line, dialect: dialect, accepts: accepts)
        if case .cells(let spans) = outcome {
            for (index, span) in spans.enumerated() { fields.spans[index] = span }
            row.fieldCount = spans.count
        }
        return outcome
    }

    /// The cells of the current line with a separator more, in front of each quote in turn that stands inside an unquoted cell.
    /// `nil` where that is too much to look at.
    mutating func readingsWithSeparatorBeforeQuote() -> [[[UInt8]]]? {
        guard let quote = dialect.quote else { return [] }
        guard row.contentLength <= Self.reach else { return nil }
        let line = Array(UnsafeBufferPointer(start: UnsafePointer(window.current), count: row.contentLength))
        guard line.count(where: { $0 == quote }) <= 40 else { return nil }
        let cells = peeked ?? FieldBuffer(capacity: Layout.maximumColumns)
        peeked = cells
        var readings: [[[UInt8]]] = []
        for field in 0..<row.fieldCount where !fields.spans[field].isQuoted {
            let span = fields.spans[field]
            for place in Int(span.start) + 1..<max(Int(span.start) + 1, Int(span.end)) where line[place] == quote {
                let changed = line[..<place] + [dialect.separator] + line[place...] + [UInt8](repeating: 0, count: ByteWindow.margin)
                Array(changed).withUnsafeBufferPointer { bytes in
                    guard let base = bytes.baseAddress else { return }
                    var found = ScannedRow()
                    guard
                        case .row = scanner.scan(base, count: line.count + 1, isFinal: true, fields: cells.spans, row: &found),
                        !found.hasBrokenQuote, found.contentLength == line.count + 1
                    else { return }
                    readings.append(
                        (0..<found.fieldCount).map { index in
                            var cell: [UInt8] = []
                            text.append(cells.spans[index], of: base, to: &cell)
                            return decoded(cell)
                        })
                }
            }
        }
        return readings
    }
}
