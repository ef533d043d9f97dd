import Domain

/// Finds out how a text is separated and quoted: the candidate under which most rows have the same number of cells and fewest quotes
/// stand where none belongs.
struct DialectGuess {
    private static let separators = Array(",;\t|~^".utf8)
    private static let sampleRows = 2000
    /// So much of the text tells which signs it has.
    private static let headLength = 1 << 16

    let separator: UInt8?
    /// The most common number of cells; separators at the end of rows give no column.
    let width: Int
    /// The share of rows with that number, in per cent.
    let agreement: Int
    /// How cells are told apart; the separator is a comma where there is none.
    let dialect: CSVDialect

    /// With `separator` given only its rows are counted.
    init(_ bytes: [UInt8], separator given: UInt8? = nil) {
        let comment = Self.commentPrefix(bytes)
        let candidates = given.map { [$0] } ?? Self.separators
        let scored = candidates.flatMap { separator in
            Self.variants(separator, bytes, comment).map { Self.score(bytes, $0) }
        }
        // Of equals the first one, which is the plainest.
        let most = scored.map(\.score).max() ?? 0
        var best = scored.first { $0.score == most } ?? Score(dialect: .rfc4180, width: 1, agreement: 100, score: 0)
        if best.width < 2, given == nil {
            let spaces = Self.score(bytes, CSVDialect(separator: UInt8(ascii: " "), commentPrefix: comment))
            if spaces.width > 1, spaces.agreement >= 90 { best = spaces }
        }
        separator = best.width > 1 ? best.dialect.separator : nil
        width = best.width
        agreement = best.agreement
        dialect = best.width > 1 ? best.dialect : CSVDialect(commentPrefix: comment)
    }

    private struct Score {
        var dialect: CSVDialect
        var width: Int
        var agreement: Int
        var score: Int
    }

    /// The plainest first. Others only where the text has what they are about.
    private static func variants(_ separator: UInt8, _ bytes: [UInt8], _ comment: [UInt8]) -> [CSVDialect] {
        let head = bytes.prefix(headLength)
        var dialects = [CSVDialect(separator: separator, commentPrefix: comment)]
        if head.contains(UInt8(ascii: "\\")), head.contains(UInt8(ascii: "\"")) {
            dialects.append(CSVDialect(separator: separator, isQuoteDoubled: false, escape: UInt8(ascii: "\\"), commentPrefix: comment))
        }
        if zip(head, head.dropFirst()).contains(where: { ($0 == separator || $0 == 0x0A || $0 == 0x20) && $1 == UInt8(ascii: "'") }) {
            dialects.append(CSVDialect(separator: separator, quote: UInt8(ascii: "'"), commentPrefix: comment))
        }
        if separator != 0x20, zip(head, head.dropFirst()).contains(where: { $0 == separator && $1 == 0x20 }) {
            dialects += dialects.map { dialect in
                var spaced = dialect
                spaced.skipsInitialSpace = true
                return spaced
            }
        }
        return dialects
    }

    private static func score(_ bytes: [UInt8], _ dialect: CSVDialect) -> Score {
        let sample = RowSample(bytes, dialect: dialect, limit: sampleRows)
        let rows = sample.filled
        var counts: [Int: Int] = [:]
        for row in rows { counts[row.cells.count, default: 0] += 1 }
        guard let common = counts.max(by: { ($0.value, $0.key) < ($1.value, $1.key) }),
            sample.openQuoteLine == nil || dialect.quote == UInt8(ascii: "\"")
        else { return Score(dialect: dialect, width: 1, agreement: 100, score: 0) }
        // A preamble of one-cell lines must not outvote the table below it.
        let tabular = counts.filter { $0.key > 1 }.max { ($0.value, $0.key) < ($1.value, $1.key) }
        let chosen = tabular.map { $0.value * 3 > rows.count ? $0 : common } ?? common
        let agreement = chosen.value * 100 / max(1, rows.count)
        guard chosen.key > 1 else { return Score(dialect: dialect, width: chosen.key, agreement: agreement, score: 0) }
        let stray = rows.count(where: \.hasStrayQuote) * 100 / max(1, rows.count)
        // Another quote than the usual one, or blanks that do not count, only where much speaks for it.
        let spaced = rows.count { row in row.cells.dropFirst().contains { $0.first == 0x20 } } * 100 / max(1, rows.count)
        let isQuoted = rows.count(where: \.hasQuotedCell) * 2 > rows.count
        let bonus = dialect.quote == UInt8(ascii: "'") && isQuoted ? 300 : 0
        let score = agreement * (100 + min(chosen.key, 20)) - stray * 40 - spaced * 2 + bonus
        let width = isClosedBySeparator(rows, chosen.key) ? chosen.key - 1 : chosen.key
        return Score(dialect: dialect, width: width, agreement: agreement, score: max(1, score))
    }

    /// `#` where lines begin with it that are no rows of the table; empty where there are none.
    private static func commentPrefix(_ bytes: [UInt8]) -> [UInt8] {
        let lines = bytes.prefix(headLength).split { $0 == 0x0A || $0 == 0x0D }
        let marked = lines.filter { $0.first == UInt8(ascii: "#") }
        guard !marked.isEmpty, marked.count * 2 < lines.count else { return [] }
        let others = lines.filter { $0.first != UInt8(ascii: "#") }
        // Captions may begin with it, such as #,Code,Name; then the lines below look like it.
        func separators(_ line: ArraySlice<UInt8>) -> Int { line.count { Self.separators.contains($0) } }
        let usual = others.map(separators).sorted()[others.count / 2]
        return usual > 0 && marked.allSatisfy { separators($0) != usual } ? [UInt8(ascii: "#")] : []
    }

    /// Whether each row ends with a separator that the captions do not have: the cell behind it is none.
    private static func isClosedBySeparator(_ rows: [RowSample.Row], _ width: Int) -> Bool {
        guard width > 2, let first = rows.first(where: { $0.cells.count >= width - 1 }), first.cells.count == width - 1 else { return false }
        return rows.allSatisfy { $0.cells.count != width || $0.cells.last?.isEmpty == true } && first.cells.allSatisfy { !$0.isEmpty }
    }
}
