import Domain

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
    @inline(__always)
    mutating func reason(_ rows: RowReader, _ survey: ByteSurvey) -> RejectReason? {
        if !survey.hasHigh, !survey.hasNull, rows.row.strayQuote < 0, rows.row.fieldCount == width { return nil }
        return fullReason(rows, survey)
    }

    private mutating func fullReason(_ rows: RowReader, _ survey: ByteSurvey) -> RejectReason? {
        if survey.hasNull {
            return RejectReason(
                "CONTROL-CHARACTER", "the record holds a NUL byte",
                fix: "ask the sender; the export or the transfer damaged the file")
        }
        if survey.hasHigh {
            let bytes = UnsafeBufferPointer(start: UnsafePointer(rows.window.current), count: rows.row.contentLength)
            if let fault = encodings.check(bytes) { return encodingReason(at: fault, bytes, offset: rows.offset) }
        }
        if rows.row.strayQuote >= 0 {
            return RejectReason(
                "CSV-QUOTE-STRAY",
                "a quote stands where none belongs, at byte \(rows.row.strayQuote + 1) of the record",
                fix:
                    "double the quote inside a quoted cell, or set layout.stray_quotes to literal if it is an inch mark"
            )
        }
        return rows.row.fieldCount == width ? nil : raggedReason(rows)
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

    private func raggedReason(_ rows: RowReader) -> RejectReason? {
        let count = rows.row.fieldCount
        if count < width {
            if profile.layout.shortRows == .allow || (isRejectFile && count == ownWidth) { return nil }
        } else {
            let isPadded = (width..<count).allSatisfy { rows.fields.spans[$0].isEmpty }
            if profile.layout.trailingSeparators == .allow, isPadded { return nil }
            if profile.layout.headerRows == 0, RejectWriter.isAnnotated(rows, ownWidth: width) { return nil }
        }
        return RejectReason(
            "ROW-RAGGED",
            "the record has \(count) cells, \(width) are expected",
            fix: count > width
                ? "quote the cell that holds a separator"
                : "complete the record; a line break inside a cell must be quoted"
        )
    }
}
