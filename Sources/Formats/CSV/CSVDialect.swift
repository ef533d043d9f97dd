/// How the cells of a delimited file are told apart. Separator, quote and escape are single ASCII bytes.
package struct CSVDialect: Hashable, Sendable {
    /// What ends a record.
    package enum LineEnds: String, Sendable, CaseIterable {
        /// CR, LF and CRLF alike, also mixed.
        case any
        /// Only this one; the others are data.
        case crlf, lf, cr
    }

    /// A quote where none belongs: `4" pipe`, or `"4" pipe"`.
    package enum StrayQuotes: String, Sendable, CaseIterable {
        /// The record is rejected.
        case reject
        /// It is text, such as an inch mark, where the line has only one reading (`LiteralQuotes`); else the record is rejected.
        case literal
    }

    package var separator: UInt8
    /// `nil`: a quote is a character like any other.
    package var quote: UInt8?
    /// `""` inside a quoted cell is one quote.
    package var isQuoteDoubled: Bool
    /// Inside a quoted cell the byte after it is taken as it is.
    package var escape: UInt8?
    /// Blanks behind a separator do not count, so that `a, "b"` has a quoted second cell.
    package var skipsInitialSpace: Bool
    package var lineEnds: LineEnds
    package var strayQuotes: StrayQuotes
    /// A line starting with it is a comment.
    package var commentPrefix: [UInt8]

    package init(
        separator: UInt8 = UInt8(ascii: ","),
        quote: UInt8? = UInt8(ascii: "\""),
        isQuoteDoubled: Bool = true,
        escape: UInt8? = nil,
        skipsInitialSpace: Bool = false,
        lineEnds: LineEnds = .any,
        strayQuotes: StrayQuotes = .reject,
        commentPrefix: [UInt8] = []
    ) {
        self.separator = separator
        self.quote = quote
        self.isQuoteDoubled = isQuoteDoubled
        self.escape = escape
        self.skipsInitialSpace = skipsInitialSpace
        self.lineEnds = lineEnds
        self.strayQuotes = strayQuotes
        self.commentPrefix = commentPrefix
    }

    /// Comma, double quotes, doubled inside: what everything reads.
    package static let rfc4180 = CSVDialect()

    /// One cell per line: a separator that no text holds.
    static let unseparated = CSVDialect(separator: 0x1F, quote: nil)
}
