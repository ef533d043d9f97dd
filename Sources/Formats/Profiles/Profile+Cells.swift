import Domain

extension Profile {
    /// The cells of one record as people read them; `nil` where the format has none, or the bytes are not one row of the dialect.
    package func cells(of record: [UInt8]) -> [String]? {
        guard format == .csv else { return nil }
        var line = Array(encoding.decode(record).utf8)
        while let last = line.last, last == 0x0A || last == 0x0D { line.removeLast() }
        let cells = HeaderCells.cells(of: line, profile: self).map { String(decoding: $0, as: UTF8.self) }
        // Only what can be written again as it was read is taken apart.
        guard let again = try? self.record(of: cells),
            Self.isSame(cells, HeaderCells.cells(of: Array(encoding.decode(again).utf8.dropLast(2)), profile: self))
        else { return nil }
        return cells
    }

    /// One row of the dialect with these cells, in the file's encoding. Throws `EDIT-LINE` for a character that the encoding does not have, and
    /// for a separator or a line break where the dialect has no quotes.
    package func record(of cells: [String]) throws -> [UInt8] {
        let writer = CSVWriter(dialect)
        if let cell = cells.first(where: { writer.flattens(Array($0.utf8)) }) {
            throw Diagnostic(
                "EDIT-LINE", "'\(Escaped(cell))' holds a separator or a line break, and this file has no quotes", fix: "leave it out")
        }
        let encoded = encoding.encode(String(decoding: writer.row(cells.map { Array($0.utf8) }), as: UTF8.self))
        guard encoded.replaced == 0 else {
            throw Diagnostic("EDIT-LINE", "\(encoded.replaced) characters are not in the file's encoding", fix: "write them in another way")
        }
        return encoded.bytes
    }

    private static func isSame(_ cells: [String], _ bytes: [[UInt8]]) -> Bool {
        cells.count == bytes.count && zip(cells, bytes).allSatisfy { Array($0.utf8) == $1 }
    }
}
