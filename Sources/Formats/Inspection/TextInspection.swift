import Domain

/// The structure of a text: separators, header, columns and what is irregular.
struct TextInspection {
    private typealias Trouble = InspectionReport.Trouble
    private let text: [UInt8]
    private let isWhole: Bool
    let guess: DialectGuess
    private let sample: RowSample
    /// Rows with content.
    let rows: [RowSample.Row]
    let header: HeaderGuess

    init(_ text: [UInt8], isWhole: Bool, hints: InspectionHints) {
        self.text = text
        self.isWhole = isWhole
        guess = DialectGuess(text, separator: hints.separator)
        sample = RowSample(text, dialect: guess.dialect)
        rows = sample.filled
        header = HeaderGuess(rows, width: guess.width, hint: hints.header)
        pages = PageBreakGuess(rows, header: header, width: guess.width, text: text)
        shape = guess.separator == nil ? LineShape.fixed(text) : LineShape.kinds(rows, hasHeader: header.row != nil)
    }

    /// What the lines are, where they are no table.
    let shape: LineShape?

    /// What stands on each page of a report besides records.
    let pages: PageBreakGuess

    /// The records, without what stands above them or between pages.
    var body: [RowSample.Row] { (header.firstRecord..<max(header.firstRecord, rows.count)).filter { !pages.rows.contains($0) }.map { rows[$0] } }
    /// One for each column; empty where there is no header.
    var captions: [String] {
        guard let row = header.row else { return [] }
        let parts = rows[(header.hasGroups ? row - 1 : row)...row].map { $0.cells.map { String(decoding: $0, as: UTF8.self) } }
        return CaptionRows.joined(Array(parts), by: " ", groups: header.hasGroups ? .fill : .none)
    }

    func fill(_ report: inout InspectionReport) {
        report.separator = guess.separator
        report.quote = rows.contains(where: \.hasQuotedCell) ? guess.dialect.quote : nil
        report.lineEnds = lineEnds(&report)
        report.headerLine = header.row.map { rows[$0].line }
        let body = body
        report.records = body.count
        describeColumns(&report, captions: captions, body: body)
        if let shape {
            // What stands above a table and rows of another width are what such lines are made of.
            report.troubles.append(shape.trouble)
            return noteBytes(&report)
        }
        if !guess.dialect.commentPrefix.isEmpty {
            report.troubles.append(Trouble("COMMENTS", "lines that begin with # are comments"))
        }
        if header.extraRows > 0, let row = header.row, rows.indices.contains(row + 1) {
            report.troubles.append(
                Trouble("CAPTIONS-BELOW", "the row below the captions has no record's values: it is passed over", lines: [rows[row + 1].line]))
        }
        if header.hasGroups, let row = header.row {
            report.troubles.append(
                Trouble("CAPTIONS-GROUPED", "the captions have groups of columns above them: they are read together", lines: [rows[row - 1].line]))
        }
        if let first = pages.repeats.first {
            report.troubles.append(
                Trouble(
                    "PAGE-BREAKS",
                    "the captions stand again \(Counted.of(pages.repeats.count, "time"))"
                        + (pages.titles.isEmpty ? "" : ", with \(Counted.of(pages.titles.count, "line")) of a page around them"),
                    lines: [rows[first].line]))
        }
        if header.preamble > 0 {
            report.troubles.append(
                Trouble("PREAMBLE", "above the table: \(Counted.of(header.preamble, "line"))", lines: [rows[0].line]))
        }
        noteRows(&report, body)
        noteBytes(&report)
    }

    private func lineEnds(_ report: inout InspectionReport) -> String {
        let counts = RowSample.Ending.allCases.filter { $0 != .none }.map { ending in
            (ending, sample.rows.count { $0.ending == ending })
        }.filter { $0.1 > 0 }
        if counts.count > 1 {
            let text = counts.map { "\($0.1) \($0.0.rawValue)" }.joined(separator: ", ")
            report.troubles.append(Trouble("LINE-ENDS-MIXED", "line ends are mixed: \(text)"))
            return "mixed " + counts.map(\.0.rawValue).joined(separator: " and ")
        }
        return counts.first?.0.rawValue ?? "none"
    }

    private func describeColumns(_ report: inout InspectionReport, captions: [String], body: [RowSample.Row]) {
        var damaged = 0
        for index in 0..<guess.width {
            let caption = index < captions.count ? captions[index] : "column \(index + 1)"
            let values = body.compactMap { index < $0.cells.count ? $0.cells[index] : nil }
            let column = ColumnGuess(caption: caption, values: values)
            damaged += column.damaged
            report.columns.append(column.column)
        }
        if damaged > 0 {
            report.troubles.append(Trouble("EXCEL-DAMAGE", "damaged by a spreadsheet: \(Counted.of(damaged, "value"))"))
        }
        let captions = captions.map { $0.lowercased() }
        let repeated = Set(captions.filter { caption in !caption.isEmpty && captions.count { $0 == caption } > 1 })
        if !repeated.isEmpty {
            let shown = repeated.sorted().prefix(3).map { Escaped($0, limit: 40).description }.joined(separator: ", ")
            report.troubles.append(Trouble("CAPTIONS-REPEATED", "captions stand twice: \(shown)"))
        }
        let empty = captions.count { $0.isEmpty }
        if empty > 0 {
            report.troubles.append(Trouble("CAPTIONS-EMPTY", "without a caption: \(Counted.of(empty, "column"))"))
        }
    }

    private func noteRows(_ report: inout InspectionReport, _ body: [RowSample.Row]) {
        let ragged = body.filter { $0.cells.count != guess.width && !($0.cells.count == guess.width + 1 && $0.cells.last?.isEmpty == true) }
        if guess.separator != nil, !ragged.isEmpty {
            report.troubles.append(
                Trouble(
                    "ROWS-RAGGED", "other than \(guess.width) cells: \(Counted.of(ragged.count, "row"))",
                    lines: ragged.prefix(5).map(\.line)))
        }
        let stray = body.filter(\.hasStrayQuote)
        if !stray.isEmpty {
            report.troubles.append(
                Trouble(
                    "QUOTES-STRAY", "a quote where none belongs: \(Counted.of(stray.count, "row"))",
                    lines: stray.prefix(5).map(\.line)))
        }
        if let line = sample.openQuoteLine {
            report.troubles.append(Trouble("QUOTE-OPEN", "a quote is opened and never closed", lines: [line]))
        }
        let indented = body.prefix(2000).count { row in row.cells.dropFirst().contains { $0.first == 0x20 } }
        if indented > 0 {
            report.troubles.append(
                Trouble("BLANKS-BEHIND-SEPARATOR", "blanks behind a separator: \(Counted.of(indented, "row"))"))
        }
        if let last = body.last?.cells.first, String(decoding: last, as: UTF8.self).lowercased().hasPrefix("total") {
            report.troubles.append(
                Trouble(
                    "TRAILER-MAYBE", "the last row starts with 'total': a trailer, or a product of that name?",
                    lines: [body[body.count - 1].line]))
        }
    }

    private func noteBytes(_ report: inout InspectionReport) {
        let nulls = text.count { $0 == 0 }
        if nulls > 0 { report.troubles.append(Trouble("NUL-BYTES", "zero bytes inside: \(Counted.of(nulls, "NUL"))")) }
        if text.contains(0x1A) { report.troubles.append(Trouble("CTRL-Z", "it holds Ctrl-Z, the end mark of DOS")) }
        if isWhole, let last = sample.rows.last, last.ending == .none, text.last != 0x1A, text.last != 0 {
            report.troubles.append(
                Trouble("NO-FINAL-LINE-END", "the last line has no line end: is the file cut off?", lines: [last.line]))
        }
    }
}
