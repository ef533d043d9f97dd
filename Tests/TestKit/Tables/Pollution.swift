/// The ways in which published studies of real files found tables to be polluted, each as a change to a clean one.
package enum Pollution: String, CaseIterable, Sendable {
    case separatorMissing = "a separator missing in a row"
    case separatorAdded = "a separator too many in a row"
    case separatorsBehindRow = "empty cells behind one row"
    case separatorsBehindRows = "empty cells behind each row"
    case quoteAdded = "a stray quote in a row"
    case quoteLost = "a quote missing in a row"
    case lineEndAdded = "a line end inside a row"
    case lineEndLost = "two rows in one line"
    case headerAgain = "the header once more"
    case headerOtherOrder = "a second header in another order"
    case headerOtherColumns = "a second header with other columns"
    case secondTable = "a second table behind a blank line"
    case secondTableClose = "a second table without a blank line"
    case blankLines = "blank lines between rows"
    case footnote = "a footnote at the end"
    case title = "a title between rows"
    case finalLineEndMissing = "no line end at the end"
    case lineEndsMixed = "CR, LF and CRLF mixed"

    /// The text of `table` with this pollution; `nil` where there is nothing to pollute.
    package func applied(to table: RandomTable, using generator: inout some RandomNumberGenerator) -> String? {
        let index = Int.random(in: 0..<table.lines.count, using: &generator)
        var lines = table.lines
        let separator = String(table.style.separator)
        let captions = table.captions
        func damaged(_ damage: RowDamage) -> [String]? {
            damage.applied(to: lines, at: index, separator: table.style.separator, using: &generator)
        }
        func other(_ captions: [String], gap: Bool) -> [String] {
            (gap ? [""] : []) + [captions.joined(separator: separator)] + table.lines.suffix(3)
        }
        let words = ["code", "title", "price", "cost", "remark", "owner", "colour", "size"]
        switch self {
        case .separatorMissing: lines = damaged(.separatorLost) ?? []
        case .separatorAdded: lines = damaged(.separatorAdded) ?? []
        case .separatorsBehindRow: lines[index] += separator
        case .separatorsBehindRows: lines = lines.map { $0 + separator }
        case .quoteAdded: lines = damaged(.quoteAdded) ?? []
        case .quoteLost: lines = damaged(.quoteLost) ?? []
        case .lineEndAdded: lines = damaged(.lineEndAdded) ?? []
        case .lineEndLost: lines = damaged(.lineEndLost) ?? []
        case .headerAgain: lines.insert(table.header, at: index)
        case .headerOtherOrder: lines += [([captions[0]] + captions.dropFirst().reversed()).joined(separator: separator)] + table.lines.suffix(3)
        case .headerOtherColumns: lines += [captions.dropLast().joined(separator: separator)] + table.lines.suffix(3)
        case .secondTable: lines += other(Array(words.prefix(captions.count)), gap: true)
        case .secondTableClose: lines += other(Array(words.prefix(captions.count)), gap: false)
        case .blankLines: lines.insert(contentsOf: ["", separator, "  "], at: index)
        case .footnote: lines.append("Printed by the warehouse")
        case .title: lines.insert("Stock of all branches", at: index)
        case .finalLineEndMissing: return table.header + "\n" + lines.joined(separator: "\n")
        case .lineEndsMixed:
            let ends = ["\n", "\r\n", "\r"]
            return ([table.header] + lines).enumerated().map { $1 + ends[$0 % 3] }.joined()
        }
        return lines.isEmpty ? nil : table.text(lines)
    }

    /// How many of the table's last rows stand once more behind another header: taken from there they are wrong.
    package var repeatedRows: Int {
        switch self {
        case .headerOtherOrder, .headerOtherColumns, .secondTable, .secondTableClose: 3
        default: 0
        }
    }
}
