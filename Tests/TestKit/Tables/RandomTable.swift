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
        package var quote: Character = "\""
        /// Stands before a quote inside a quoted cell; `nil`: it is doubled.
        package var escape: Character?
        /// A blank behind each separator.
        package var isSpaced = false
        /// Blanks around each figure, date and word.
        package var isPadded = false
        package var figures = Figures.plain
        package var hasHeader = true
        package var lineEnd = "\n"
        /// Lines above the captions.
        package var above: [String] = []
        /// Stands above the first column behind the key, in a row of captions above the others.
        package var group: String?
        /// Lines between the captions and the first row.
        package var below: [String] = []
        /// A line that stands behind every second row and is none.
        package var between: String?
        /// The line behind the last row; `#` is the number of rows.
        package var last: String?
        /// Further texts that a row may hold.
        package var texts: [String] = []
        /// How many columns, counted from the last one, the profile does not know.
        package var unknown = 0

        package init() {}
    }

    /// How a program prints a figure.
    package enum Figures: Sendable {
        case plain
        /// `12-` and `(12)`.
        case trailingMinus, parentheses
        /// `12.000000000000002`
        case floating
        /// `-` for nothing.
        case zeroWord
        /// `1,012`, in quotes where that is the separator, and with other marks.
        case grouped(String)
        /// `£12.00`
        case currency
        /// `12,0`
        case decimalComma

        /// What stands for `value` in a file, and what it says.
        func written(_ value: String, _ style: Style) -> (data: String, text: String) {
            switch self {
            case .plain: (value, value)
            case .trailingMinus: ("-" + value, value + "-")
            case .parentheses: ("-" + value, "(\(value))")
            case .floating: (value, value + ".000000000000002")
            case .zeroWord: value.hasSuffix("1") || value.hasSuffix("5") ? ("0", "-") : (value, value)
            case .grouped(let mark):
                {
                    let digits = "1" + String(repeating: "0", count: max(0, 3 - value.count)) + value
                    return (digits, digits.dropLast(3) + mark + digits.suffix(3))
                }()
            case .currency: (value, "£\(value).00")
            case .decimalComma: (value, value + ",0")
            }
        }
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
            lines.append(written.joined(separator: String(style.separator) + (style.isSpaced ? " " : "")))
        }
    }

    /// `key`, `c1`, `c2` and so on.
    package var captions: [String] { ["key"] + columns.indices.map { "c\($0 + 1)" } }

    package var header: String {
        (captions + [String](repeating: "", count: style.headerSurplus)).joined(separator: String(style.separator))
    }

    /// The whole file, with other rows where `lines` has some.
    package func text(_ lines: [String]? = nil) -> String {
        let rows = lines ?? self.lines
        var all = style.above
        if let group = style.group {
            all.append((["", group] + columns.dropFirst().map { _ in "" }).joined(separator: String(style.separator)))
        }
        all += (style.hasHeader ? [header] : []) + style.below
        for (index, row) in rows.enumerated() {
            all.append(row)
            if let between = style.between, index % 2 == 1 { all.append(between) }
        }
        if let last = style.last { all.append(last.replacing("#", with: "\(self.lines.count)")) }
        return all.map { $0 + style.lineEnd }.joined()
    }

    private struct Cell {
        var data: String
        var written: String

        init(_ data: String, _ written: String? = nil) {
            self.data = data
            self.written = written ?? data
        }
    }

    private static func cell(_ column: Column, row: Int, _ style: Style, using generator: inout some RandomNumberGenerator) -> Cell {
        let cell = plainCell(column, row: row, style, using: &generator)
        guard style.isPadded, column != .text, !cell.data.isEmpty else { return cell }
        return Cell(cell.data, " \(cell.written)  ")
    }

    private static func figure(_ value: String, _ style: Style) -> Cell {
        let (data, text) = style.figures.written(value, style)
        return Cell(data, text.contains(style.separator) ? "\(style.quote)\(text)\(style.quote)" : text)
    }

    private static func plainCell(_ column: Column, row: Int, _ style: Style, using generator: inout some RandomNumberGenerator) -> Cell {
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
            texts += style.texts.map { Cell($0) }
            let cell = texts.randomElement(using: &generator) ?? Cell("")
            return Cell(cell.data, marked(cell.written, style))
        case .word: return Cell(["LDS", "BHM", "12"].randomElement(using: &generator) ?? "LDS")
        case .number: return figure("\(row)\(Int.random(in: 1...9, using: &generator))", style)
        case .date: return Cell("2026-11-\(10 + row)")
        case .spareNumber: return Bool.random(using: &generator) ? Cell("") : figure("\(row)0\(Int.random(in: 1...9, using: &generator))", style)
        case .spareWord: return Bool.random(using: &generator) ? Cell("") : Cell(["a", "b7"].randomElement(using: &generator) ?? "a")
        }
    }

    /// A written text with the quotes of `style`.
    private static func marked(_ written: String, _ style: Style) -> String {
        var text = written
        if let escape = style.escape, text.count > 2, text.hasPrefix("\"") {
            text = "\"" + String(text.dropFirst().dropLast()).replacing("\"\"", with: "\(escape)\"") + "\""
        }
        return style.quote == "\"" ? text : text.replacing("\"", with: String(style.quote))
    }
}
