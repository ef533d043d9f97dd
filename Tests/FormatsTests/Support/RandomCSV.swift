@testable import Formats

/// Random well-formed CSV with everything that makes readers stumble.
enum RandomCSV {
    static func table(using generator: inout SeededGenerator, rows: Int, columns: Int) -> [[[UInt8]]] {
        (0..<rows).map { _ in (0..<columns).map { _ in cell(using: &generator) } }
    }

    static func cell(using generator: inout SeededGenerator) -> [UInt8] {
        let pieces = ["a", "00472", ",", "\"", "\r\n", "\n", "\r", " ", "é", "€", ";", "Total", "'", "=", "\t", "x y"]
        return (0..<Int.random(in: 0...6, using: &generator)).flatMap { _ in
            Array((pieces.randomElement(using: &generator) ?? "").utf8)
        }
    }

    /// Cells quoted at will, line ends mixed at will.
    static func text(_ table: [[[UInt8]]], using generator: inout SeededGenerator, separator: UInt8 = 0x2C) -> [UInt8] {
        var text: [UInt8] = []
        for row in table {
            for (index, cell) in row.enumerated() {
                if index > 0 { text.append(separator) }
                let mustQuote = cell.contains { $0 == separator || $0 == 0x22 || $0 == 0x0D || $0 == 0x0A }
                if mustQuote || Bool.random(using: &generator) {
                    text += [0x22] + cell.flatMap { $0 == 0x22 ? [0x22, 0x22] : [$0] } + [0x22]
                } else {
                    text += cell
                }
            }
            text += [[0x0D, 0x0A], [0x0A], [0x0D]].randomElement(using: &generator) ?? []
            // A lone CR in front of a row that starts with LF would read as one CRLF; rows never start so.
        }
        return text
    }
}
