/// Divides one line into cells where quotes may be characters of the text (`stray_quotes: literal`).
///
/// A quote at the start of a cell has two readings. Either it opens a quoted cell, in which further quotes are text until one stands
/// in front of a separator or the line's end; or the cell is not quoted at all and its quotes are text, as in `"HEAVY" BRACKET`. A
/// reading never leaves the line, never swallows a cell that opens with a quote of its own, and never leaves a quote open. The line
/// is divided only if exactly one way of reading it gives an acceptable row.
struct LiteralQuotes {
    enum Outcome {
        case cells([FieldSpan])
        /// No reading gives an acceptable row.
        case none
        /// Several do, and they differ.
        case several
    }

    /// Attempts after which a line counts as readable in several ways.
    private static let attemptLimit = 2000

    private let line: UnsafeBufferPointer<UInt8>
    private let separator: UInt8
    private let quote: UInt8
    private let isQuoteDoubled: Bool
    private let skipsInitialSpace: Bool
    private let accepts: ([FieldSpan]) -> Bool
    private var found: [FieldSpan]?
    private var isAmbiguous = false
    private var attempts = 0

    /// `line` has no line end. The dialect must have a quote and no escape.
    static func divide(
        _ line: UnsafeBufferPointer<UInt8>, dialect: CSVDialect, accepts: @escaping ([FieldSpan]) -> Bool
    ) -> Outcome {
        guard let quote = dialect.quote, dialect.escape == nil else { return .none }
        var search = LiteralQuotes(line: line, dialect: dialect, quote: quote, accepts: accepts)
        search.read(from: 0, behind: [])
        if search.isAmbiguous { return .several }
        return search.found.map { .cells($0) } ?? .none
    }

    private init(
        line: UnsafeBufferPointer<UInt8>, dialect: CSVDialect, quote: UInt8, accepts: @escaping ([FieldSpan]) -> Bool
    ) {
        self.line = line
        separator = dialect.separator
        self.quote = quote
        isQuoteDoubled = dialect.isQuoteDoubled
        skipsInitialSpace = dialect.skipsInitialSpace
        self.accepts = accepts
    }

    private mutating func read(from start: Int, behind cells: [FieldSpan]) {
        attempts += 1
        if attempts > Self.attemptLimit { isAmbiguous = true }
        if isAmbiguous || cells.count >= Layout.maximumColumns { return }
        var first = start
        while skipsInitialSpace, first < line.count, line[first] == 0x20 { first += 1 }
        let end = separatorOrEnd(from: first)
        guard first < line.count, line[first] == quote else {
            return take(FieldSpan(first, end), next: end, behind: cells)
        }
        let (quoted, isSound) = quotedCell(from: first)
        if let quoted { take(quoted.span, next: quoted.next, behind: cells) }
        if isSound { return }
        // Its quotes are text: they open and close inside the cell, and it does not look quoted from end to end.
        let quotes = line[first..<end].count { $0 == quote }
        if quotes.isMultiple(of: 2), quoted == nil || quoted?.next != end {
            take(FieldSpan(first, end), next: end, behind: cells)
        }
    }

    private mutating func take(_ span: FieldSpan, next: Int, behind cells: [FieldSpan]) {
        if next < line.count { return read(from: next + 1, behind: cells + [span]) }
        let row = cells + [span]
        guard accepts(row) else { return }
        if found != nil { isAmbiguous = true }
        found = row
    }

    /// The quoted cell that opens at `opening`, and whether nothing about it is unusual.
    private func quotedCell(from opening: Int) -> (cell: (span: FieldSpan, next: Int)?, isSound: Bool) {
        var position = opening + 1
        var hasEscapes = false
        var isSound = true
        while position < line.count {
            guard line[position] == quote else {
                // A cell that opens inside this one: closing behind it would swallow its neighbour.
                if !isSound, line[position] == separator, position + 1 < line.count, line[position + 1] == quote { return (nil, false) }
                position += 1
                continue
            }
            var after = position + 1
            while after < line.count, line[after] == 0x20 { after += 1 }
            if after == line.count || line[after] == separator {
                return ((FieldSpan(opening + 1, position, hasEscapes: hasEscapes, isQuoted: true), after), isSound)
            }
            if isQuoteDoubled, line[position + 1] == quote {
                hasEscapes = true
                position += 2
            } else {
                isSound = false
                position += 1
            }
        }
        return (nil, false)
    }

    private func separatorOrEnd(from start: Int) -> Int { line[start...].firstIndex(of: separator) ?? line.count }
}
