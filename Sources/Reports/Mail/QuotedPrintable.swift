/// The encoding that leaves plain text readable in the raw mail (RFC 2045, 6.7).
enum QuotedPrintable {
    private static let width = 76
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// Lines of at most 76 bytes, without their ends. `text` has lines ending in LF.
    static func lines(_ text: String) -> [String] { text.utf8.split(separator: 10, omittingEmptySubsequences: false).flatMap(fold) }

    private static func fold(_ line: Substring.UTF8View) -> [String] {
        var rows: [String] = []
        var row: [UInt8] = []
        let last = line.indices.last
        for index in line.indices {
            let byte = line[index]
            // A blank at the end of a line would be lost on the way.
            let isPlain = (33...126).contains(byte) && byte != UInt8(ascii: "=") || (byte == 32 || byte == 9) && index != last
            let piece = isPlain ? [byte] : [UInt8(ascii: "="), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            if row.count + piece.count > width - 1 {
                rows.append(String(decoding: row + [UInt8(ascii: "=")], as: UTF8.self))
                row = []
            }
            row += piece
        }
        rows.append(String(decoding: row, as: UTF8.self))
        return rows
    }
}
