/// Finds out how a text is separated: the candidate under which most rows have the same number of cells.
struct DialectGuess {
    private static let candidates = Array(",;\t|~^".utf8)
    private static let sampleRows = 2000

    let separator: UInt8?
    /// The most common number of cells.
    let width: Int
    /// The share of rows with that number, in per cent.
    let agreement: Int

    /// With `separator` given only its rows are counted.
    init(_ bytes: [UInt8], separator given: UInt8? = nil) {
        let candidates = given.map { [$0] } ?? Self.candidates
        let scored = candidates.map { Self.score(bytes, separator: $0) }
        var best = scored.max { $0.score < $1.score } ?? Score(separator: 0x2C, width: 1, agreement: 100, score: 0)
        if best.width < 2, given == nil {
            let spaces = Self.score(bytes, separator: UInt8(ascii: " "))
            if spaces.width > 1, spaces.agreement >= 90 { best = spaces }
        }
        separator = best.width > 1 ? best.separator : nil
        width = best.width
        agreement = best.agreement
    }

    private struct Score {
        var separator: UInt8
        var width: Int
        var agreement: Int
        var score: Int
    }

    private static func score(_ bytes: [UInt8], separator: UInt8) -> Score {
        let rows = RowSample(bytes, dialect: CSVDialect(separator: separator), limit: sampleRows).filled
        var counts: [Int: Int] = [:]
        for row in rows { counts[row.cells.count, default: 0] += 1 }
        guard let common = counts.max(by: { ($0.value, $0.key) < ($1.value, $1.key) }) else {
            return Score(separator: separator, width: 1, agreement: 100, score: 0)
        }
        // A preamble of one-cell lines must not outvote the table below it.
        let tabular = counts.filter { $0.key > 1 }.max { ($0.value, $0.key) < ($1.value, $1.key) }
        let chosen = tabular.map { $0.value * 3 > rows.count ? $0 : common } ?? common
        let agreement = chosen.value * 100 / max(1, rows.count)
        let score = chosen.key > 1 ? agreement * (100 + min(chosen.key, 20)) : 0
        return Score(separator: separator, width: chosen.key, agreement: agreement, score: score)
    }
}
