/// One cell of a scanned row: where its content lies, counted from the row's first byte, without its quotes.
struct FieldSpan {
    var start: Int32
    var end: Int32
    /// The content holds doubled or escaped quotes that are still to be undone.
    var hasEscapes: Bool
    var isQuoted: Bool

    @inline(__always)
    init(_ start: Int, _ end: Int, hasEscapes: Bool = false, isQuoted: Bool = false) {
        self.start = Int32(truncatingIfNeeded: start)
        self.end = Int32(truncatingIfNeeded: end)
        self.hasEscapes = hasEscapes
        self.isQuoted = isQuoted
    }

    @inline(__always)
    var isEmpty: Bool { start == end }
    @inline(__always)
    var count: Int { Int(end - start) }
}
