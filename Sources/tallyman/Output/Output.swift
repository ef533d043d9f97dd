import Foundation

/// Standard output: aligned tables for people, JSON for programs, colour on a terminal only.
struct Output {
    enum Format { case text, json }

    let format: Format
    /// Whether colour is wanted.
    let isTerminal: Bool
    /// Whether somebody watches, and not a file, a pipe or cron.
    let isForPeople: Bool

    init(_ format: Format) {
        self.format = format
        isForPeople = isatty(STDOUT_FILENO) == 1
        isTerminal = isForPeople && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
    }

    func line(_ text: String = "") {
        StandardStream.output.write(text + "\n")
    }

    func json(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        line(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    /// Columns as wide as their widest cell; numbers to the right.
    func table(_ header: [String], _ rows: [[String]]) {
        guard !rows.isEmpty else { return }
        let all = [header] + rows
        let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        let isNumber = header.indices.map { column in rows.allSatisfy { Int($0[column]) != nil || $0[column] == "" } }
        for (index, row) in all.enumerated() {
            let cells = row.enumerated().map { column, cell in
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                return isNumber[column] ? padding + cell : cell + padding
            }
            var text = cells.joined(separator: "  ")
            while text.last == " " { text.removeLast() }
            line(index == 0 ? styled(text, .faint) : text)
        }
    }

    enum Style: String { case faint = "2", good = "32", warning = "33", bad = "31", strong = "1" }

    func styled(_ text: String, _ style: Style) -> String {
        isTerminal ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
    }
}
