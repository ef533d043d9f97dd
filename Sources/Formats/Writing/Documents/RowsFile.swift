import Domain

/// A delimited file: rows of the beginning, of each document and its groups, of the end.
struct RowsFile {
    private let profile: OutputProfile
    private let rows: OutputRows
    private var cells: CellWriter
    private let writer: CSVWriter
    private var bytes: [UInt8] = []
    private var line = 1
    /// Rows written, without the header.
    private var rowCount = 0
    private var lineCount = 0

    init(profile: OutputProfile, rows: OutputRows, cells: CellWriter) {
        self.profile = profile
        self.rows = rows
        self.cells = cells
        writer = CSVWriter(rows.dialect)
    }

    mutating func write(_ documents: [MadeDocument], _ batch: OutputBatch) throws(DocumentRefusal) -> WrittenFile {
        if profile.hasByteOrderMark { bytes += profile.encoding.byteOrderMark }
        if rows.hasHeader { append((rows.rows.first { $0.scope != .start } ?? rows.rows[0]).cells.map(\.caption)) }
        lineCount = documents.reduce(0) { count, document in
            count
                + rows.rows.reduce(0) { count, row in
                    if case .group(let name) = row.scope { count + (document.record.groups[name]?.count ?? 0) } else { count }
                }
        }
        for row in rows.rows where row.scope == .start { try append(row, values(documents, batch)) }
        var places: [WrittenFile.Place] = []
        var notes: [[String]] = []
        for document in documents {
            let (start, firstLine, noted) = (bytes.count, line, cells.notes.count)
            let values = values(documents, batch).below(document.record)
            for row in rows.rows {
                switch row.scope {
                case .start, .end: continue
                case .document: try append(row, values)
                case .group(let name): for record in values.group(name) { try append(row, values.below(record)) }
                }
            }
            places.append(.init(line: firstLine, offset: start, length: bytes.count - start))
            notes.append(Array(cells.notes[noted...]))
        }
        for row in rows.rows where row.scope == .end { try append(row, values(documents, batch)) }
        return WrittenFile(bytes: bytes, places: places, notes: notes)
    }

    /// `batch.rows` counts the row that states it.
    private func values(_ documents: [MadeDocument], _ batch: OutputBatch) -> OutputValues {
        OutputValues(records: [], batch: batch.values(documents, rows: rowCount + 1, lines: lineCount))
    }

    private mutating func append(_ row: OutputRows.Row, _ values: OutputValues) throws(DocumentRefusal) {
        var texts: [String] = []
        for cell in row.cells {
            let text = try cells.text(cell, values)
            if writer.flattens(Array(text.utf8)) { cells.note(cell, CellWriter.flattened) }
            texts.append(text)
        }
        append(texts)
        rowCount += 1
    }

    private mutating func append(_ texts: [String]) {
        let row = writer.row(texts.map { Array(profile.safe($0).utf8) })
        bytes += profile.encoding == .utf8 ? row : profile.encoding.encode(String(decoding: row, as: UTF8.self)).bytes
        line += row.count { $0 == 0x0A }
    }
}
