import Domain

/// Whether lines are of several kinds, each with its own mark in front (`H`, `D`, `T`), or of fixed width: shapes that are no table.
enum LineShape {
    /// Each mark with the number of its lines, in the order of the file.
    case kinds([(mark: String, count: Int)])
    /// The characters of every line.
    case fixed(Int)

    private static let mostKinds = 8
    private static let longestMark = 8

    /// `hasHeader`: captions stand above, so that the lines below are of one kind.
    static func kinds(_ rows: [RowSample.Row], hasHeader: Bool) -> LineShape? {
        guard !hasHeader, rows.count > 2 else { return nil }
        var kinds: [(mark: [UInt8], width: Int, count: Int)] = []
        for row in rows {
            guard let mark = row.cells.first, isMark(mark) else { return nil }
            if let index = kinds.firstIndex(where: { $0.mark == mark }) {
                guard kinds[index].width == row.cells.count else { return nil }
                kinds[index].count += 1
            } else {
                kinds.append((mark, row.cells.count, 1))
            }
            if kinds.count > mostKinds { return nil }
        }
        guard kinds.count > 1, Set(kinds.map(\.width)).count > 1, kinds.contains(where: { $0.count > 1 }) else { return nil }
        return .kinds(kinds.map { (Escaped($0.mark[...], limit: longestMark).description, $0.count) })
    }

    /// `text` is in UTF-8. Lines of one length that are all blank at the same places; blanks at the end of a line may be cut off.
    static func fixed(_ text: [UInt8]) -> LineShape? {
        let lines = text.split { $0 == 0x0A || $0 == 0x0D }.prefix(mostLines).map { String(decoding: $0, as: UTF8.self).unicodeScalars.map(\.value) }
        guard lines.count > 2, let width = lines.map(\.count).max(), width > 10 else { return nil }
        // Lines that differ in length are sentences, unless what is cut off is the end of a last column.
        let isCut = lines.contains { $0.count != width }
        guard !isCut || lines.count > 4 && lines.allSatisfy({ $0.count * 2 >= width }) else { return nil }
        var isBlank = Array(repeating: true, count: width)
        for line in lines {
            for (index, character) in line.enumerated() where character != 0x20 { isBlank[index] = false }
        }
        let gaps = isBlank.indices.count { isBlank[$0] && $0 > 0 && !isBlank[$0 - 1] && isBlank[$0...].contains(false) }
        return gaps > (isCut ? 1 : 0) ? .fixed(width) : nil
    }

    private static let mostLines = 5000

    /// Letters alone: product codes have digits.
    private static func isMark(_ cell: [UInt8]) -> Bool {
        !cell.isEmpty && cell.count <= longestMark && cell.allSatisfy { (0x61...0x7A).contains($0 | 0x20) }
    }

    var trouble: InspectionReport.Trouble {
        switch self {
        case .kinds(let kinds):
            let shown = kinds.map { "\($0.mark) (\($0.count))" }.joined(separator: ", ")
            return .init("LINE-KINDS", "lines of several kinds, by their first cell: \(shown)")
        case .fixed(let width): return .init("FIXED-WIDTH", "every line has \(width) characters and is blank at the same places: fixed widths")
        }
    }
}
