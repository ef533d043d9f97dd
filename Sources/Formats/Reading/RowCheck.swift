import Domain

/// What is wrong with a record as a whole. Small and without text, as `CellFault` is.
enum RowFault {
    case null
    /// Position of the first bad byte in the record's content.
    case encoding(at: Int)
    case strayQuote
    /// A quote takes several lines together that may be rows of their own.
    case joinedLines
    /// Quotes that are text in one reading and not in another.
    case severalReadings
    /// A stray quote in a key or reference.
    case quoteInCode(at: Int)
    /// An escape sign in a cell without quotes, where it may be text or belong to what stands behind it.
    case escapeOutside(at: Int)
    case ragged
    /// It stands below the start of another table, in this line.
    case otherTable(line: Int)
    /// One of two rows that make one together.
    case part
    /// Another count of cells than the file's, and more than one reading.
    case shifted(RowReadings.Damage)
}

/// What can be wrong with a record as a whole: its characters, its quotes, the number of its cells.
struct RowCheck {
    private let profile: Profile
    /// How many cells a record has.
    var shape: TableShape
    /// Cells without those that a reject file adds.
    private let ownWidth: Int
    private let isRejectFile: Bool
    private let captions: [String]
    /// Where codes stand: keys and references, which hold no stray quote.
    private let codePositions: [Int]
    private var readings: RowReadings
    /// The count of the last row with an unusual one, and the line behind it.
    private var oddCount = (cells: 0, nextLine: -1)
    private var encodings: EncodingEvidence

    /// For the records of a table. `plan` is `nil` where no column is declared. Looks at the first records behind the current one.
    init(profile: Profile, rows: inout RowReader, plan: RecordPlan?, headerTellsCount: Bool, everyCellCounts: Bool = false) throws {
        let captions = rows.captions.isEmpty ? profile.schema.columns.map(\.name) : rows.captions
        self.profile = profile
        self.captions = captions
        ownWidth = plan?.ownWidth ?? captions.count
        isRejectFile = plan?.isRejectFile ?? false
        codePositions = plan?.codePositions ?? []
        readings = RowReadings(separator: profile.dialect.separator, plan: plan, everyCellCounts: everyCellCounts)
        encodings = EncodingEvidence(declared: profile.encoding)
        let filled = rows.captions.isEmpty ? captions.count : rows.filledCaptionCount
        shape = TableShape(
            layout: profile.layout, captionCount: captions.count, filledCount: filled, leastCount: plan?.leastCount ?? 1,
            isStated: headerTellsCount || isRejectFile)
        if !shape.isStated, rows.row.length > 0 { shape.settle(try rows.samplesAhead()) }
    }

    /// For lines of different kinds, whose cells somebody else counts.
    init(profile: Profile) {
        self.profile = profile
        (shape, ownWidth, isRejectFile, captions, codePositions) = (TableShape(count: 0), 0, false, [], [])
        readings = RowReadings(separator: profile.dialect.separator, plan: nil, everyCellCounts: true)
        encodings = EncodingEvidence(declared: profile.encoding)
    }

    /// What the file is instead of the declared encoding, if every sign says so. Asked at the end.
    var contradiction: String? { encodings.contradiction }

    /// Why the current row cannot be taken; `nil` where nothing is wrong with it.
    mutating func fault(_ rows: inout RowReader, _ survey: ByteSurvey) throws -> RowFault? {
        if survey.hasNull { return .null }
        if survey.hasHigh, let position = encodings.check(Self.content(rows)) { return .encoding(at: position) }
        if rows.isDoubtful { return .joinedLines }
        if rows.row.strayQuote >= 0, let fault = quoteFault(&rows) { return fault }
        if let escape = profile.dialect.escape, let position = escapeOutsideQuotes(escape, rows) { return .escapeOutside(at: position) }
        return try shapeFault(&rows)
    }

    /// The first cell without quotes in which an escape sign changes what is read if it is one: in front of a separator, a quote,
    /// another escape or the end of the cell, and anywhere in a code. `\N`, a database's sign for no value, is left to the profile.
    private func escapeOutsideQuotes(_ escape: UInt8, _ rows: RowReader) -> Int? {
        let quote = profile.dialect.quote
        return (0..<rows.row.fieldCount).first { position in
            let span = rows.fields.spans[position]
            guard !span.isQuoted else { return false }
            let cell = UnsafeBufferPointer(start: rows.window.current + Int(span.start), count: span.count)
            guard cell.contains(escape), !cell.elementsEqual([escape, UInt8(ascii: "N")]) else { return false }
            if codePositions.contains(position) { return true }
            return cell.indices.contains { index in
                guard cell[index] == escape else { return false }
                let next = index + 1 < cell.count ? cell[index + 1] : escape
                return next == escape || next == quote
            }
        }
    }

    /// What is wrong with the number of cells, or with what it makes of the record.
    private mutating func shapeFault(_ rows: inout RowReader) throws -> RowFault? {
        let count = rows.row.fieldCount
        defer { oddCount = (count, rows.line + rows.row.lineCount) }
        let isFilled = count > shape.columnCount && !(shape.columnCount..<count).allSatisfy { rows.fields.spans[$0].isEmpty }
        if count == shape.expected, !isFilled { return nil }
        if isRejectFile, count == ownWidth { return nil }
        if profile.layout.headerRows == 0, RejectWriter.isAnnotated(rows, ownWidth: shape.columnCount) { return nil }
        guard !isFilled, shape.allows(count) else { return .ragged }
        if try isPart(&rows) { return .part }
        return readings.other(than: rows.cells(), shape: shape).map { .shifted($0) }
    }

    /// Whether the row and the one in front of it or behind it make one of the usual length: a line end inside a cell breaks a row.
    private mutating func isPart(_ rows: inout RowReader) throws -> Bool {
        func isWhole(_ other: Int) -> Bool {
            let joined = other + rows.row.fieldCount - 1
            return shape.expected.map { $0 == joined } ?? (joined > rows.row.fieldCount && shape.allows(joined))
        }
        if oddCount.nextLine == rows.line, isWhole(oddCount.cells) { return true }
        return try rows.nextCount().map { isWhole($0) } ?? false
    }

    /// What is wrong with a row that has a stray quote; `nil` where the profile takes it as text and the row has one reading.
    private mutating func quoteFault(_ rows: inout RowReader) -> RowFault? {
        guard rows.areStrayQuotesLiteral else { return .strayQuote }
        if rows.row.hasBrokenQuote {
            let shape = shape
            let width = shape.expected ?? shape.columnCount
            // Two rows whose line end was lost are a reading, too.
            let outcome = rows.divideLiterally { spans in
                if spans.count == 2 * width - 1 { return true }
                return spans.count == width && (width <= shape.columnCount || spans[shape.columnCount...].allSatisfy(\.isEmpty))
            }
            switch outcome {
            case .cells: if rows.row.fieldCount != width { return .ragged }
            case .several: return .severalReadings
            case .none: return .strayQuote
            }
        } else if hidesQuotedCell(&rows) {
            return .severalReadings
        }
        let quote = profile.dialect.quote ?? 0
        for position in codePositions where position < rows.row.fieldCount {
            let span = rows.fields.spans[position]
            let content = UnsafeBufferPointer(start: rows.window.current + Int(span.start), count: span.count)
            // A code in a spreadsheet's guard is refused by its name: ="00472".
            if !span.isQuoted || !span.hasEscapes, content.first != UInt8(ascii: "="), content.contains(quote) { return .quoteInCode(at: position) }
        }
        return nil
    }

    /// Whether the row would be as good with a separator in front of one of its quotes: `A1"Hinge, black",5` may have been
    /// `A1,"Hinge, black",5`.
    private mutating func hidesQuotedCell(_ rows: inout RowReader) -> Bool {
        guard let others = rows.readingsWithSeparatorBeforeQuote() else { return true }
        for cells in others where shape.allows(cells.count) && readings.fits(cells, shape: shape) { return true }
        return false
    }

    /// As `fault`, for people.
    mutating func reason(_ rows: inout RowReader, _ survey: ByteSurvey) throws -> RejectReason? {
        try fault(&rows, survey).map { reason($0, rows) }
    }

    /// The words for a fault of the current row.
    func reason(_ fault: RowFault, _ rows: RowReader) -> RejectReason {
        switch fault {
        case .null:
            RejectReason(
                "CONTROL-CHARACTER", "the record holds a NUL byte",
                fix: "ask the sender; the export or the transfer damaged the file")
        case .encoding(let position): encodingReason(at: position, Self.content(rows), offset: rows.offset)
        case .strayQuote:
            RejectReason(
                "CSV-QUOTE-STRAY",
                "a quote stands where none belongs, at byte \(rows.row.strayQuote + 1) of the record",
                fix:
                    "double the quote inside a quoted cell, or set layout.stray_quotes to literal if it is an inch mark"
            )
        case .joinedLines:
            RejectReason(
                "CSV-QUOTE-LINES",
                "a quote takes several lines together as one cell, but a line among them could be a record of its own",
                fix: "remove or double the quote that does not belong there; none of these lines is applied"
            )
        case .severalReadings:
            RejectReason(
                "CSV-QUOTE-STRAY",
                "the quotes can be read in several ways: as text, or as marks around a cell that holds separators",
                fix: "double the quotes inside the quoted cell"
            )
        case .quoteInCode(let position):
            RejectReason(
                "CSV-QUOTE-STRAY", column: name(position),
                "a quote stands inside a code, where it can only be a mark that does not belong there",
                fix: "remove it; if the code really has a quote, put the cell in quotes and double the one inside")
        case .escapeOutside(let position):
            RejectReason(
                "CSV-QUOTE-STRAY", column: name(position),
                "an escape sign stands in a cell without quotes, where it may be text or belong to the sign behind it",
                fix: "put the cell in quotes and double the escape sign in it, or remove the sign")
        case .otherTable(let line):
            RejectReason(
                "TABLE-OTHER", "another table begins in line \(line); its rows cannot be read under the header of the first",
                fix: "let the ERP write one table per file")
        case .part:
            RejectReason(
                "ROW-RAGGED", "the record has \(rows.row.fieldCount) cells, and may be a part of one that a line end broke in two",
                fix: "join the two lines, or put the cell with the line end in quotes")
        case .ragged: raggedReason(rows.row.fieldCount)
        case .shifted(let damage): shiftedReason(damage, rows.row.fieldCount)
        }
    }

    private static func content(_ rows: RowReader) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: UnsafePointer(rows.window.current), count: rows.row.contentLength)
    }

    private func encodingReason(at position: Int, _ bytes: UnsafeBufferPointer<UInt8>, offset: Int) -> RejectReason {
        let before = UnsafeBufferPointer(rebasing: bytes[..<position])
        let place = offset + (profile.encoding.isUTF16 ? UTF16Form.fileLength(before) : position)
        return RejectReason(
            "ENCODING-INVALID",
            value: Escaped(bytes[position..<min(position + 4, bytes.count)]).description,
            "the byte at offset \(place) of the file is not \(profile.encoding.rawValue)",
            fix: "correct the character in the ERP, or the encoding of the export"
        )
    }

    private func raggedReason(_ count: Int) -> RejectReason {
        let expected = shape.expected ?? shape.columnCount
        return RejectReason(
            "ROW-RAGGED",
            "the record has \(count) cells, \(expected) are expected",
            fix: count > expected
                ? "quote the cell that holds a separator"
                : "complete the record; a line break inside a cell must be quoted"
        )
    }

    /// Names both readings.
    private func shiftedReason(_ damage: RowReadings.Damage, _ count: Int) -> RejectReason {
        let start =
            shape.expected.map { "the record has \(count) cells where this file has \($0)" }
            ?? "the records of this file have different numbers of cells, this one \(count)"
        let plain =
            count > shape.columnCount
            ? "separators were added at its end" : count < shape.columnCount ? "its last cells are missing" : "it is complete"
        let other =
            switch damage {
            case .missing(let position): "a separator is missing at '\(name(position))'"
            case .surplus(let position): "there is a separator too many at '\(name(position))'"
            case .untried: "it lost or gained a separator somewhere else"
            }
        return RejectReason(
            "ROW-RAGGED", "\(start): either \(plain), or \(other)",
            fix: "give every record of the file the same number of cells, and quote cells that hold a separator")
    }

    private func name(_ position: Int) -> String {
        position < captions.count && !captions[position].isEmpty
            ? Escaped(captions[position], limit: 40).description : "cell \(position + 1)"
    }
}
