/// Where a record stands in its file: enough to show its very bytes again.
package struct RecordOrigin: Hashable, Sendable {
    /// Counted from 1; headers, blanks, comments and trailers have no number.
    package var number: Int
    /// The first physical line, counted from 1.
    package var line: Int
    /// In bytes of the file as delivered, from 0.
    package var offset: Int
    /// In bytes, with its line end.
    package var length: Int

    package init(number: Int, line: Int, offset: Int, length: Int) {
        self.number = number
        self.line = line
        self.offset = offset
        self.length = length
    }
}
