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
    case ragged
}

/// What can be wrong with a record as a whole: its characters, its quotes, the number of its cells.
struct RowCheck {
    private let profile: Profile
    /// Cells that a record must have.
    var width: Int
    /// Cells without those that a reject file adds.
    private let ownWidth: Int
    private let isRejectFile: Bool
    private var encodings: EncodingEvidence

    init(profile: Profile, width: Int, ownWidth: Int, isRejectFile: Bool) {
        self.profile = profile
        self.width = width
        self.ownWidth = ownWidth
        self.isRejectFile = isRejectFile
        encodings = EncodingEvidence(declared: profile.encoding)
    }

    /// What the file is instead of the declared encoding, if every sign says so. Asked at the end.
    var contradiction: String? { encodings.contradiction }

    /// Why the current row cannot be taken; `nil` where nothing is wrong with it.
    mutating func fault(_ rows: inout RowReader, _ survey: ByteSurvey) -> RowFault? {
        if survey.hasNull { return .null }
        if survey.hasHigh, let position = encodings.check(Self.content(rows)) { return .encoding(at: position) }
        if rows.isDoubtful { return .joinedLines }
        if rows.row.strayQuote >= 0, let fault = quoteFault(&rows) { return fault }
        return rows.row.fieldCount == width || isToleratedWidth(rows) ? nil : .ragged
    }

    /// What is wrong with a row that has a stray quote; `nil` where the profile takes it as text and the row has one reading.
    private func quoteFault(_ rows: inout RowReader) -> RowFault? {
        guard rows.areStrayQuotesLiteral else { return .strayQuote }
        guard rows.row.hasBrokenQuote else { return nil }
        let width = width
        let outcome = rows.divideLiterally { spans in spans.count == width }
        return switch outcome {
        case .cells: nil
        case .several: .severalReadings
        case .none: .strayQuote
        }
    }

    /// As `fault`, for people.
    mutating func reason(_ rows: inout RowReader, _ survey: ByteSurvey) -> RejectReason? {
        fault(&rows, survey).map { reason($0, rows) }
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
        case .ragged: raggedReason(rows.row.fieldCount)
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

    /// A number of cells that the profile, or the file's being one of rejected records, allows.
    private func isToleratedWidth(_ rows: RowReader) -> Bool {
        let count = rows.row.fieldCount
        if count < width { return profile.layout.shortRows == .allow || (isRejectFile && count == ownWidth) }
        if profile.layout.trailingSeparators == .allow, (width..<count).allSatisfy({ rows.fields.spans[$0].isEmpty }) { return true }
        return profile.layout.headerRows == 0 && RejectWriter.isAnnotated(rows, ownWidth: width)
    }

    private func raggedReason(_ count: Int) -> RejectReason {
        RejectReason(
            "ROW-RAGGED",
            "the record has \(count) cells, \(width) are expected",
            fix: count > width
                ? "quote the cell that holds a separator"
                : "complete the record; a line break inside a cell must be quoted"
        )
    }
}
