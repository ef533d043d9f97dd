/// What the scanner found out about one row, besides its cells.
struct ScannedRow {
    var fieldCount = 0
    /// In bytes of the window, with the line end.
    var length = 0
    /// In bytes of the window, without the line end.
    var contentLength = 0
    /// Physical lines that end in the row, its own end included.
    var lineCount = 0
    /// Offset of the first quote where none belongs; -1 if there is none.
    var strayQuote = -1
    /// A cell opens with a quote and goes on behind what closes it: `"HEAVY" BRACKET`.
    var hasBrokenQuote = false

    var hasLineEnd: Bool { length > contentLength }
}

/// What came of scanning.
enum ScanOutcome {
    case row
    /// The bytes end before the row does. `openQuote` is the offset of the quote that is still open, or -1.
    case needsMore(openQuote: Int)
    /// The file ends inside a quoted cell.
    case openQuote(at: Int)
    case tooManyFields
}
