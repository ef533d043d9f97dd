import Domain

/// The lines of an answer as cells: whatever encoding, separator and quotes it has.
struct AnswerLines {
    struct Line {
        /// From 1, blank lines counted.
        var number: Int
        var cells: [String]
    }

    private(set) var lines: [Line] = []

    /// The one of the usual separators by which most lines show a number of ours; a blank is the last resort.
    /// - Throws: `Unfinished` where the last line has no end yet.
    init(_ bytes: [UInt8], isOurs: (String) -> Bool) throws(AcknowledgementFile.Unfinished) {
        let content = Self.utf8(bytes)
        guard content.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }) == false else { return }
        guard content.last == 0x0A || content.last == 0x0D else { throw AcknowledgementFile.Unfinished() }
        let raw = Self.numbered(content)
        let sample = raw.prefix(200)
        let scored = Self.separators.map { separator in
            (separator, sample.count { line in Self.cells(line.bytes, separator).contains { isOurs($0) } })
        }
        let best = scored.map(\.1).max() ?? 0
        let separator = scored.first { $0.1 == best }?.0 ?? UInt8(ascii: ",")
        lines = raw.map { Line(number: $0.number, cells: Self.cells($0.bytes, separator)) }
    }

    private static let separators = Array(",;\t|:^~# ".utf8)

    private static func numbered(_ content: [UInt8]) -> [(number: Int, bytes: ArraySlice<UInt8>)] {
        var lines: [(number: Int, bytes: ArraySlice<UInt8>)] = []
        var (start, number, previous) = (0, 1, UInt8(0))
        for (index, byte) in content.enumerated() {
            if byte == 0x0A || byte == 0x0D {
                let line = content[start..<index]
                if !line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { lines.append((number, line)) }
                if !(byte == 0x0A && previous == 0x0D) { number += 1 }
                start = index + 1
            }
            previous = byte
        }
        return lines
    }

    /// Cells without blanks around them and without quotes; a quote counts at the beginning of a cell, doubled inside of it.
    private static func cells(_ line: ArraySlice<UInt8>, _ separator: UInt8) -> [String] {
        var cells: [String] = []
        var index = line.startIndex
        while true {
            while index < line.endIndex, line[index] == 0x20 || (line[index] == 0x09 && separator != 0x09) { index += 1 }
            var cell: [UInt8] = []
            if index < line.endIndex, line[index] == UInt8(ascii: "\"") || line[index] == UInt8(ascii: "'"),
                let end = closing(line, from: index, separator)
            {
                cell = unquoted(line[(index + 1)..<end], line[index])
                index = line[end...].firstIndex(of: separator) ?? line.endIndex
            } else {
                let end = line[index...].firstIndex(of: separator) ?? line.endIndex
                cell = Array(line[index..<end])
                index = end
            }
            cells.append(plain(cell))
            guard index < line.endIndex, cells.count < 64 else { return cells }
            index += 1
        }
    }

    /// Where the quoted cell ends; `nil` unless its closing quote is followed by a separator or the end of the line.
    private static func closing(_ line: ArraySlice<UInt8>, from start: Int, _ separator: UInt8) -> Int? {
        let quote = line[start]
        var index = start + 1
        while index < line.endIndex {
            if line[index] == quote {
                if index + 1 < line.endIndex, line[index + 1] == quote {
                    index += 2
                    continue
                }
                let next = line[(index + 1)...].first { $0 != 0x20 }
                return next == nil || next == separator || separator == 0x20 ? index : nil
            }
            index += 1
        }
        return nil
    }

    private static func unquoted(_ bytes: ArraySlice<UInt8>, _ quote: UInt8) -> [UInt8] {
        var result: [UInt8] = []
        var isPending = false
        for byte in bytes {
            if byte == quote, isPending {
                isPending = false
                continue
            }
            isPending = byte == quote
            result.append(byte)
        }
        return result
    }

    /// Spreadsheets write `="000000001"` and `'000000001` to keep the zeros.
    private static func plain(_ cell: [UInt8]) -> String {
        var text = String(decoding: cell, as: UTF8.self)
        if text.hasPrefix("=\""), text.hasSuffix("\""), text.count > 3 { text = String(text.dropFirst(2).dropLast()) }
        if text.hasPrefix("'") { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text.drop { $0.isWhitespace })
    }

    private static func utf8(_ bytes: [UInt8]) -> [UInt8] {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return Array(bytes.dropFirst(3)) }
        guard bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) else {
            guard !isUTF8(bytes) else { return bytes }
            // Letters of Western Europe, as most ERPs of that kind write them.
            return bytes.flatMap { $0 < 0x80 ? [$0] : Array(String(Character(Unicode.Scalar($0))).utf8) }
        }
        let isLittle = bytes[0] == 0xFF
        let units = stride(from: 2, to: bytes.count - 1, by: 2).map { index in
            UInt16(bytes[index + (isLittle ? 1 : 0)]) << 8 | UInt16(bytes[index + (isLittle ? 0 : 1)])
        }
        return Array(String(decoding: units, as: UTF16.self).utf8)
    }

    private static func isUTF8(_ bytes: [UInt8]) -> Bool { String(validating: bytes, as: UTF8.self) != nil }
}
