import Domain
import Foundation

/// Whether the last row is no record: its first cell, and where its count stands.
struct TrailerGuess {
    let trailer: Guess<Layout.Trailer?>

    private static let marks = ["TRAILER", "TRL", "EOF", "END", "END OF FILE", "FOOTER", "T", "TOTAL", "TOTALS", "RECORDS", "COUNT", "ROWCOUNT"]

    init(_ body: [RowSample.Row], width: Int, isWhole: Bool, answers: GuessAnswers) throws {
        let answer = try answers.choice("trailer", of: ["yes", "no"])
        guard answer != "no", isWhole, body.count > 1, let last = body.last else {
            trailer = Guess(nil, .sure, answer == "no" ? "as answered" : "no row looks like one")
            return
        }
        let cells = last.cells.map { String(decoding: $0.trimmingBlanks(), as: UTF8.self) }
        let mark = (cells.first ?? "").uppercased()
        // `Total 5,204` is a total; tomorrow's will have another number.
        let words = mark.prefix { !$0.isNumber }.trimmingCharacters(in: .whitespaces.union(.punctuationCharacters))
        let isMarked = Self.marks.contains(mark) || Self.marks.contains(words)
        let count = cells.indices.dropFirst().first { Int(cells[$0]) == body.count - 1 }
        guard isMarked || answer == "yes" || (count != nil && cells.count != width) else {
            trailer = Guess(nil, .sure, "no row looks like one")
            return
        }
        let found = Layout.Trailer(firstCell: Self.pattern(cells.first ?? ""), countCell: count.map { $0 + 1 })
        if let count {
            trailer = Guess(found, .sure, "the last row counts the \(body.count - 1) records in cell \(count + 1)")
        } else if answer == "yes" {
            trailer = Guess(found, .sure, "as answered")
        } else if cells.count != width {
            trailer = Guess(found, .likely, "the last row begins with '\(Escaped(mark, limit: 20))' and has \(cells.count) cells, not \(width)")
        } else {
            trailer = Guess(nil, .unsure, "the last row begins with '\(Escaped(mark, limit: 20))': a trailer, or a product of that name")
        }
    }

    /// What of the first cell is the same every day: all of it, or what stands before its first digit.
    private static func pattern(_ cell: String) -> String? {
        guard let digit = cell.firstIndex(where: \.isNumber) else { return cell }
        return digit == cell.startIndex ? nil : cell[..<digit] + "*"
    }
}
