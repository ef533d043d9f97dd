import Domain

/// Lines that a report prints at the head or foot of each page: `Stock Valuation Report,,,Page #`, where `#` stands for digits.
///
/// Everything else in a line has to be the same, and a row with a value in every column is a record whatever it is like.
struct PageTitles: Sendable {
    private var lines: [[UInt8]] = []
    var isEmpty: Bool { lines.isEmpty }

    static let digits = UInt8(ascii: "#")

    init() {}

    /// Reads `page_titles`. A line of digits and separators alone could be any record: it is refused.
    init(_ reader: inout NodeReader, _ node: SettingNode) throws {
        lines = try (reader.texts("page_titles") ?? []).map { Array($0.utf8) }
        guard let vague = lines.first(where: { !Self.isTelling($0) }) else { return }
        throw reader.fault(
            "page_titles", node, "cannot have '\(Escaped(vague, limit: 80))', which a record may be like",
            "write the line as it stands, with # in the place of each number: \"Stock List,,,Page #\"")
    }

    /// Something besides digits, separators and quotes is in it.
    static func isTelling(_ line: [UInt8]) -> Bool {
        line.contains { !(0x30...0x39).contains($0) && $0 > 0x20 && !",;|\"'#.".utf8.contains($0) }
    }

    /// The line with `#` for each run of digits; `nil` where it has such a sign itself.
    static func pattern(of line: some Sequence<UInt8>) -> [UInt8]? {
        var pattern: [UInt8] = []
        for byte in line {
            if byte == digits { return nil }
            if byte &- 0x30 > 9 { pattern.append(byte) } else if pattern.last != digits { pattern.append(digits) }
        }
        return pattern
    }

    /// `line` is in UTF-8, without its line end.
    func contain(_ line: [UInt8]) -> Bool {
        guard let pattern = Self.pattern(of: line) else { return false }
        return lines.contains(pattern)
    }
}
