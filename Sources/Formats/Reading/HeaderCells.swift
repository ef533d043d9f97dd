import Domain

/// What a file says of itself in its preamble or header record: time, sequence, full or delta.
struct HeaderCells {
    let profile: Profile
    let zone: ZoneRules

    /// Throws `FILE-HEADER-CELL` where a cell that the profile names is missing or not understood.
    func fill(_ proof: inout FileProof, from rows: RowReader) throws {
        proof.saysFull = profile.declaredMode.map { $0 == .full }
        if case .cell(let row, let cell, let format) = profile.eventTime {
            let text = try value(row, cell, rows)
            let instants = InstantFormat(pattern: format, zone: zone, overlap: profile.overlap)
            let outcome = Array(text.utf8).withUnsafeBufferPointer { instants.parse($0) }
            guard case .instant(let instant) = outcome else {
                throw fault("'\(Escaped(text))' is not a time", row, cell, rows)
            }
            proof.eventTime = instant
        }
        if case .cell(let row, let cell) = profile.sequence {
            let text = try value(row, cell, rows)
            guard let number = Int64(text) else {
                throw fault("'\(Escaped(text))' is not a sequence number", row, cell, rows)
            }
            proof.sequence = number
        }
        if let mode = profile.modeCell {
            let text = try value(mode.row, mode.cell, rows)
            if mode.fullWords.contains(text) {
                proof.saysFull = true
            } else if mode.deltaWords.contains(text) {
                proof.saysFull = false
            } else {
                throw fault("'\(Escaped(text))' means neither full nor delta", mode.row, mode.cell, rows)
            }
        }
    }

    private func value(_ row: Int, _ cell: Int, _ rows: RowReader) throws -> String {
        guard row <= rows.preambleLines.count else {
            throw fault("there is no such line above the header", row, cell, rows)
        }
        let cells = Self.cells(of: rows.preambleLines[row - 1], profile: profile)
        guard cell <= cells.count else { throw fault("the line has \(cells.count) cells", row, cell, rows) }
        return String(decoding: rows.decoded(cells[cell - 1]), as: UTF8.self).split(separator: " ").joined(
            separator: " ")
    }

    private func fault(_ text: String, _ row: Int, _ cell: Int, _ rows: RowReader) -> Diagnostic {
        Diagnostic(
            "FILE-HEADER-CELL", "cell \(cell) of line \(row): \(text)", at: .init(file: rows.file, line: row),
            fix: "check that the right file lands in this folder, or correct the place in profile.json")
    }

    /// The cells of one line; a quote that stays open makes the line one cell.
    static func cells(of line: [UInt8], profile: Profile) -> [[UInt8]] {
        guard !line.isEmpty else { return [[]] }
        let padded = line + [UInt8](repeating: 0, count: ByteWindow.margin)
        let buffer = FieldBuffer(capacity: 256)
        var row = ScannedRow()
        return padded.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return [line] }
            let outcome = CSVScanner(profile.dialect).scan(
                base, count: line.count, isFinal: true, fields: buffer.spans, row: &row)
            guard case .row = outcome else { return [line] }
            let text = CellText(profile.dialect)
            return (0..<row.fieldCount).map { index in
                var cell: [UInt8] = []
                text.append(buffer.spans[index], of: base, to: &cell)
                return cell
            }
        }
    }
}
