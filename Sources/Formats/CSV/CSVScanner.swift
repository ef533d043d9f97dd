/// Finds the cells of one row: bytes in, ranges out. Allocates nothing and keeps nothing between calls.
///
/// Advice to the next person: a row is always scanned from its first byte with all its bytes in one piece, so there is no
/// state to carry over a buffer's end; `needsMore` simply asks for the same call again with a longer buffer. Eight bytes are
/// looked at in a step (`firstSpecial`), hence the readable margin behind `count`. Whoever adds a rule must keep
/// `CSVScannerTests` equal to the naive reference reader at every buffer size.
struct CSVScanner {
    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let tops: UInt64 = 0x8080_8080_8080_8080

    private let separator: UInt8
    private let quote: UInt8
    private let hasQuote: Bool
    private let isQuoteDoubled: Bool
    private let escape: UInt8
    private let hasEscape: Bool
    private let skipsInitialSpace: Bool
    private let lineEnds: CSVDialect.LineEnds

    init(_ dialect: CSVDialect) {
        separator = dialect.separator
        quote = dialect.quote ?? dialect.separator
        hasQuote = dialect.quote != nil
        isQuoteDoubled = dialect.isQuoteDoubled
        escape = dialect.escape ?? 0
        hasEscape = dialect.escape != nil
        skipsInitialSpace = dialect.skipsInitialSpace
        lineEnds = dialect.lineEnds
    }

    /// Scans the row that starts at `base`. `isFinal`: the file ends at `count`. `count` must be above 0.
    func scan(
        _ base: UnsafePointer<UInt8>,
        count: Int,
        isFinal: Bool,
        fields: UnsafeMutableBufferPointer<FieldSpan>,
        row: inout ScannedRow
    ) -> ScanOutcome {
        var position = 0
        var fieldCount = 0
        var innerLines = 0
        var stray = -1
        var isBroken = false
        while true {
            if fieldCount == fields.count { return .tooManyFields }
            if skipsInitialSpace {
                while position < count, base[position] == UInt8(ascii: " ") { position += 1 }
            }
            var span: FieldSpan
            var start = position
            if hasQuote, position < count, base[position] == quote {
                switch closingQuote(base, from: position, count: count, isFinal: isFinal) {
                case .needsMore: return .needsMore(openQuote: position)
                case .open: return .openQuote(at: position)
                case .closed(let end, let next, let hasEscapes):
                    span = FieldSpan(position + 1, end, hasEscapes: hasEscapes, isQuoted: true)
                    innerLines += Self.countLines(base, from: position + 1, to: end)
                    position = next
                case .stray(let at):
                    // The cell goes on unquoted from here, quotes and all, so that the row keeps its other cells.
                    if stray < 0 { stray = at }
                    isBroken = true
                    innerLines += Self.countLines(base, from: position + 1, to: at)
                    span = FieldSpan(0, 0)
                    start = position
                    position = at + 1
                    position = unquotedEnd(base, from: position, count: count, isFinal: isFinal, &stray, &innerLines)
                    if position < 0 { return .needsMore(openQuote: -1) }
                    span = FieldSpan(start, position)
                }
            } else {
                position = unquotedEnd(base, from: position, count: count, isFinal: isFinal, &stray, &innerLines)
                if position < 0 { return .needsMore(openQuote: -1) }
                span = FieldSpan(start, position)
            }
            fields[fieldCount] = span
            fieldCount += 1
            if position < count, base[position] == separator {
                position += 1
                if position == count, !isFinal { return .needsMore(openQuote: -1) }
                continue
            }
            row.fieldCount = fieldCount
            row.contentLength = position
            row.strayQuote = stray
            row.hasBrokenQuote = isBroken
            let ending = position < count ? lineEndLength(base, at: position, count: count) : 0
            row.length = position + ending
            row.lineCount = innerLines + (ending > 0 ? 1 : 0)
            return .row
        }
    }

    /// The length of the line at `base` with its end, quotes not considered; `nil` where more bytes are needed.
    func lineLength(_ base: UnsafePointer<UInt8>, count: Int, isFinal: Bool) -> (content: Int, whole: Int)? {
        var position = 0
        while position < count {
            if base[position] == Self.carriageReturn, position + 1 == count, !isFinal { return nil }
            let ending = lineEndLength(base, at: position, count: count)
            if ending > 0 { return (position, position + ending) }
            position += 1
        }
        return isFinal ? (count, count) : nil
    }

    private enum Closing {
        case closed(end: Int, next: Int, hasEscapes: Bool)
        case stray(at: Int)
        case needsMore
        case open
    }

    /// `opening` is the offset of the opening quote.
    private func closingQuote(
        _ base: UnsafePointer<UInt8>,
        from opening: Int,
        count: Int,
        isFinal: Bool
    ) -> Closing {
        var position = opening + 1
        var hasEscapes = false
        while true {
            position = firstQuote(base, from: position, count: count, &hasEscapes)
            if position >= count { return isFinal ? .open : .needsMore }
            if position + 1 == count {
                return isFinal ? .closed(end: position, next: count, hasEscapes: hasEscapes) : .needsMore
            }
            let next = base[position + 1]
            if next == separator { return .closed(end: position, next: position + 1, hasEscapes: hasEscapes) }
            if isQuoteDoubled, next == quote {
                hasEscapes = true
                position += 2
                continue
            }
            // Blanks between the closing quote and the separator are padding.
            var after = position + 1
            while after < count, base[after] == UInt8(ascii: " ") { after += 1 }
            if after == count, !isFinal { return .needsMore }
            if after < count, base[after] == Self.carriageReturn, after + 1 == count, !isFinal { return .needsMore }
            if after == count || base[after] == separator || lineEndLength(base, at: after, count: count) > 0 {
                return .closed(end: position, next: after, hasEscapes: hasEscapes)
            }
            return .stray(at: position)
        }
    }

    /// The end of an unquoted cell: the offset of the separator, the line end or the file's end; -1 where more bytes are
    /// needed.
    @inline(__always)
    private func unquotedEnd(
        _ base: UnsafePointer<UInt8>,
        from start: Int,
        count: Int,
        isFinal: Bool,
        _ stray: inout Int,
        _ innerLines: inout Int
    ) -> Int {
        var position = start
        while true {
            position = firstSpecial(base, from: position, count: count)
            if position >= count { return isFinal ? count : -1 }
            let byte = base[position]
            if byte == separator { return position }
            if hasQuote, byte == quote {
                if stray < 0 { stray = position }
                position += 1
                continue
            }
            if byte == Self.carriageReturn, position + 1 == count, !isFinal { return -1 }
            if lineEndLength(base, at: position, count: count) > 0 { return position }
            innerLines += Self.countLines(base, from: position, to: position + 1)
            position += 1
        }
    }

    @inline(__always)
    private func lineEndLength(_ base: UnsafePointer<UInt8>, at position: Int, count: Int) -> Int {
        let byte = base[position]
        if byte == Self.lineFeed { return lineEnds == .any || lineEnds == .lf ? 1 : 0 }
        guard byte == Self.carriageReturn else { return 0 }
        let isPair = position + 1 < count && base[position + 1] == Self.lineFeed
        switch lineEnds {
        case .any: return isPair ? 2 : 1
        case .crlf: return isPair ? 2 : 0
        case .cr: return 1
        case .lf: return 0
        }
    }

    /// The first separator, quote, CR or LF at or behind `start`; may be at or beyond `count`.
    @inline(__always)
    private func firstSpecial(_ base: UnsafePointer<UInt8>, from start: Int, count: Int) -> Int {
        let raw = UnsafeRawPointer(base)
        let separators = UInt64(separator) &* Self.ones
        let quotes = UInt64(quote) &* Self.ones
        var position = start
        while position < count {
            let word = raw.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            let first = word ^ separators
            let second = word ^ quotes
            let third = word ^ (0x0A &* Self.ones)
            let fourth = word ^ (0x0D &* Self.ones)
            // A byte below a true match is never flagged, so the lowest flag of all four is a true match.
            let found =
                (((first &- Self.ones) & ~first) | ((second &- Self.ones) & ~second)
                    | ((third &- Self.ones) & ~third) | ((fourth &- Self.ones) & ~fourth)) & Self.tops
            if found != 0 { return position + found.trailingZeroBitCount >> 3 }
            position += 8
        }
        return count
    }

    @inline(__always)
    private func firstQuote(_ base: UnsafePointer<UInt8>, from start: Int, count: Int, _ hasEscapes: inout Bool) -> Int {
        let raw = UnsafeRawPointer(base)
        var position = start
        if hasEscape {
            while position < count, base[position] != quote {
                if base[position] == escape {
                    hasEscapes = true
                    position += 1
                }
                position += 1
            }
            return min(position, count)
        }
        let quotes = UInt64(quote) &* Self.ones
        while position < count {
            let word = raw.loadUnaligned(fromByteOffset: position, as: UInt64.self) ^ quotes
            let found = (word &- Self.ones) & ~word & Self.tops
            if found != 0 { return position + found.trailingZeroBitCount >> 3 }
            position += 8
        }
        return count
    }

    /// Physical line ends between two offsets: CRLF counts once.
    static func countLines(_ base: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
        var lines = 0
        var position = start
        while position < end {
            if base[position] == lineFeed {
                lines += 1
            } else if base[position] == carriageReturn, position + 1 >= end || base[position + 1] != lineFeed {
                lines += 1
            }
            position += 1
        }
        return lines
    }
}
