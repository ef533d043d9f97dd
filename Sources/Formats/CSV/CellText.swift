/// Undoing of quotes: the content of a cell as data.
struct CellText {
    private let quote: UInt8
    private let isQuoteDoubled: Bool
    private let escape: UInt8?

    init(_ dialect: CSVDialect) {
        quote = dialect.quote ?? 0
        isQuoteDoubled = dialect.isQuoteDoubled
        escape = dialect.escape
    }

    /// Appends the content of `span` with doubled and escaped bytes made single.
    func append(_ span: FieldSpan, of row: UnsafePointer<UInt8>, to target: inout [UInt8]) {
        let bytes = UnsafeBufferPointer(start: row + Int(span.start), count: span.count)
        guard span.hasEscapes else {
            target.append(contentsOf: bytes)
            return
        }
        var position = 0
        while position < bytes.count {
            let byte = bytes[position]
            let isPair = position + 1 < bytes.count
            if byte == escape, isPair {
                position += 1
            } else if isQuoteDoubled, byte == quote, isPair, bytes[position + 1] == quote {
                position += 1
            }
            target.append(bytes[position])
            position += 1
        }
    }
}
