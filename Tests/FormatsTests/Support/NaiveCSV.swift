@testable import Formats

/// A slow, obvious reader of well-formed CSV, written differently on purpose: the reference for the scanner.
///
/// One character at a time, no look-ahead beyond one byte, strict RFC 4180 with CR, LF and CRLF as line ends. Blank lines
/// are rows with one empty cell.
enum NaiveCSV {
    static func rows(_ bytes: [UInt8], separator: UInt8 = 0x2C) -> [[[UInt8]]] {
        var rows: [[[UInt8]]] = []
        var row: [[UInt8]] = []
        var cell: [UInt8] = []
        var isInQuotes = false
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            let next = index + 1 < bytes.count ? bytes[index + 1] : nil
            switch (byte, isInQuotes) {
            case (0x22, true) where next == 0x22:
                cell.append(0x22)
                index += 1
            case (0x22, _): isInQuotes.toggle()
            case (separator, false):
                row.append(cell)
                cell = []
            case (0x0D, false), (0x0A, false):
                if byte == 0x0D, next == 0x0A { index += 1 }
                rows.append(row + [cell])
                (row, cell) = ([], [])
            default: cell.append(byte)
            }
            index += 1
        }
        if !row.isEmpty || !cell.isEmpty || bytes.last == separator { rows.append(row + [cell]) }
        return rows
    }
}
