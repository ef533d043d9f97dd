/// A delimited table that a program could have written without a fault, and what each of its rows says.
package struct RandomTable: Sendable {
    package enum Column: String, CaseIterable, Sendable {
        /// Free text, also quoted, also with separators, quotes and line ends inside.
        case text
        /// A word that has a meaning, from a short list.
        case word
        case number
        case date
        /// A number that may be empty.
        case spareNumber
        /// A text that may be empty.
        case spareWord
    }

    /// How the table was written.
    package struct Style: Sendable {
        package var separator: Character = ","
        /// Empty cells behind the last column of each row.
        package var surplus = 0
        /// Empty cells behind the last caption.
        package var headerSurplus = 0
        /// Quotes inside texts stand there as they are: `4" pipe`.
        package var hasInchMarks = false
        /// Empty cells at the end of a row are not written.
        package var isTrimmed = false

        package init() {}
    }

    package let columns: [Column]
    /// The rows' cells as data. The first is the key, `K1`, `K2` and so on.
    package private(set) var cells: [[String]] = []
    /// The rows as written, without line ends.
    package var lines: [String] = []
    package let style: Style

    package init(columns: [Column], rows: Int, style: Style, using generator: inout some RandomNumberGenerator) {
        self.columns = columns
        self.style = style
        for row in 1...max(1, rows) {
            let cells: [Cell] = [Cell("K\(row)")] + columns.map { Self.cell($0, row: row, style, using: &generator) }
            self.cells.append(cells.map(\.data))
            var written = cells.map(\.written) + [String](repeating: "", count: style.surplus)
            while style.isTrimmed, written.count > 1, written.last?.isEmpty == true { written.removeLast() }
            lines.append(written.joined(separator: String(style.separator)))
        }
    }

    /// `key`, `c1`, `c2` and so on.
    package var captions: [String] { ["key"] + columns.indices.map { "c\($0 + 1)" } }

    package var header: String {
        (captions + [String](repeating: "", count: style.headerSurplus)).joined(separator: String(style.separator))
    }

    package func text(_ lines: [String]? = nil) -> String { header + "\n" + (lines ?? self.lines).joined(separator: "\n") + "\n" }

    private struct Cell {
        var data: String
        var written: String

        init(_ data: String, _ written: String? = nil) {
            self.data = data
            self.written = written ?? data
        }
    }

    private static func cell(_ column: Column, row: Int, _ style: Style, using generator: inout some RandomNumberGenerator) -> Cell {
        let separator = style.separator
        switch column {
        case .text:
            var texts = [
                Cell("Nut"), Cell("Bolt M8"), Cell("5"), Cell(""), Cell("Hinge\(separator) black", "\"Hinge\(separator) black\""),
                Cell("A \"heavy\" one", "\"A \"\"heavy\"\" one\""), Cell("two\nlines", "\"two\nlines\""), Cell("", "\"\""),
                Cell("\(separator)", "\"\(separator)\""), Cell("plain", "\"plain\""),
            ]
            if style.hasInchMarks {
                texts += [Cell("Pipe 4\""), Cell("\"HEAVY\" BRACKET"), Cell("Table 60\" wide")]
            }
            return texts.randomElement(using: &generator) ?? Cell("")
        case .word: return Cell(["LDS", "BHM", "12"].randomElement(using: &generator) ?? "LDS")
        case .number: return Cell("\(row)\(Int.random(in: 1...9, using: &generator))")
        case .date: return Cell("2026-11-\(10 + row)")
        case .spareNumber: return Bool.random(using: &generator) ? Cell("") : Cell("\(row)0\(Int.random(in: 1...9, using: &generator))")
        case .spareWord: return Bool.random(using: &generator) ? Cell("") : Cell(["a", "b7"].randomElement(using: &generator) ?? "a")
        }
    }
}
