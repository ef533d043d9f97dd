import Domain

/// Rows for a spreadsheet (RFC 4180). Text that a spreadsheet would take for a formula gets an apostrophe before it.
struct CSVText {
    private(set) var text: String

    init(_ heads: [String]) {
        text = ""
        add(heads)
    }

    mutating func add(_ cells: [String]) { text += cells.map(Self.cell).joined(separator: ",") + "\r\n" }

    private static func cell(_ text: String) -> String {
        let isFormula = text.unicodeScalars.first.map { "=+-@\t\r".unicodeScalars.contains($0) } ?? false
        let isNumber =
            !text.isEmpty && text.utf8.dropFirst().allSatisfy { "0123456789.".utf8.contains($0) } && text.utf8.count > 1 && text.hasPrefix("-")
        let safe = isFormula && !isNumber ? "'" + text : text
        guard safe.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else { return safe }
        return "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }

    /// As a file that the browser saves and does not show.
    func response(named name: String) -> ConsoleResponse {
        Downloads.response(Array(text.utf8), type: "text/csv; charset=utf-8", named: Array(name.utf8))
    }
}
