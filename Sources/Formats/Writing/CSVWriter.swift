/// Writes rows that every reader of the dialect takes apart again into the same cells.
///
/// A cell is quoted where it holds the separator, a quote, a line end, or blanks at an end; an only empty cell is quoted so
/// that its row is not a blank line. UTF-8 in and out.
package struct CSVWriter: Sendable {
    private let dialect: CSVDialect
    package static let lineEnd: [UInt8] = [0x0D, 0x0A]

    package init(_ dialect: CSVDialect = .rfc4180) { self.dialect = dialect }

    /// The cells with separators and a CRLF.
    package func row(_ cells: [[UInt8]]) -> [UInt8] {
        if cells.count == 1, cells[0].isEmpty, let quote = dialect.quote { return [quote, quote] + Self.lineEnd }
        var row: [UInt8] = []
        for (index, cell) in cells.enumerated() {
            if index > 0 { row.append(dialect.separator) }
            row += self.cell(cell)
        }
        return row + Self.lineEnd
    }

    /// Whether the cell is not written as it is: the dialect has no quotes, and a separator or a line end is in it.
    package func flattens(_ bytes: [UInt8]) -> Bool {
        dialect.quote == nil && bytes.contains { $0 == dialect.separator || $0 == 0x0A || $0 == 0x0D }
    }

    /// One cell. Where the dialect has no quotes, separators and line ends inside become blanks: there is no other way.
    package func cell(_ bytes: [UInt8]) -> [UInt8] {
        guard let quote = dialect.quote else {
            return bytes.map { $0 == dialect.separator || $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }
        }
        guard needsQuotes(bytes, quote) else { return bytes }
        var quoted = [quote]
        for byte in bytes {
            if byte == quote {
                quoted.append(dialect.isQuoteDoubled ? quote : dialect.escape ?? quote)
            } else if byte == dialect.escape {
                quoted.append(byte)
            }
            quoted.append(byte)
        }
        return quoted + [quote]
    }

    private func needsQuotes(_ bytes: [UInt8], _ quote: UInt8) -> Bool {
        if bytes.first == 0x20 || bytes.last == 0x20 { return true }
        if !dialect.commentPrefix.isEmpty, bytes.starts(with: dialect.commentPrefix) { return true }
        if bytes.first == 0x1A || bytes.first == 0 { return true }
        return bytes.contains {
            $0 == dialect.separator || $0 == quote || $0 == 0x0A || $0 == 0x0D || $0 == dialect.escape
        }
    }
}
