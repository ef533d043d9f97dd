/// Captions that stand in several rows, made into one for each column.
enum CaptionRows {
    /// What an empty cell in a row of captions means that stands above another row of captions.
    enum Groups: String, Sendable, CaseIterable {
        /// The column has no caption there.
        case none
        /// The caption to its left reaches over it, as merged cells of a spreadsheet do: `Leeds,,Hull,`.
        case fill
    }

    static func joined(_ rows: [[String]], by joint: String, groups: Groups) -> [String] {
        let width = rows.map(\.count).max() ?? 0
        let rows = rows.enumerated().map { groups == .fill && $0 < rows.count - 1 ? filled($1, to: width) : $1 }
        return (0..<width).map { column in
            rows.compactMap { column < $0.count && !$0[column].isEmpty ? $0[column] : nil }.joined(separator: joint)
        }
    }

    private static func filled(_ row: [String], to width: Int) -> [String] {
        var last = ""
        return (0..<width).map { column in
            if column < row.count, !row[column].isEmpty { last = row[column] }
            return last
        }
    }
}
