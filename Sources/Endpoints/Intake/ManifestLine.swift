import Domain

/// How a line of a manifest is written: `{name},{count}`, `{sha256} *{name}`.
///
/// Besides `{name}` a line may hold `{count}` (records), `{bytes}` (size) and `{sha256}`; one `*` stands for anything. A blank stands for
/// any run of blanks. The pattern's literal text counts as it is.
package struct ManifestLine: Hashable, Sendable {
    fileprivate enum Part: Hashable {
        case byte(UInt8)
        case blanks
        case anything
        case field(Field)
    }

    fileprivate enum Field: String, CaseIterable { case name, count, bytes, sha256 }

    /// As the settings write it.
    package let text: String
    private let parts: [Part]

    /// The names alone, one a line.
    package static let standard = ManifestLine(names: "{name}")

    /// `nil` unless `{name}` stands in it once and everything else at most once, with something between two of them.
    package init?(_ text: String) {
        guard let parts = Self.parts(of: text) else { return nil }
        self.text = text
        self.parts = parts
    }

    private init(names text: String) { (self.text, parts) = (text, [.field(.name)]) }

    private static func parts(of text: String) -> [Part]? {
        var parts: [Part] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.first {
            if byte == UInt8(ascii: "{") {
                guard let field = Field.allCases.first(where: { rest.starts(with: "{\($0.rawValue)}".utf8) }) else { return nil }
                parts.append(.field(field))
                rest = rest.dropFirst(field.rawValue.utf8.count + 2)
                continue
            }
            rest = rest.dropFirst()
            switch byte {
            case UInt8(ascii: "*") where !isLiteralStar(before: rest): parts.append(.anything)
            case UInt8(ascii: " "), UInt8(ascii: "\t"): if parts.last != .blanks { parts.append(.blanks) }
            default: parts.append(.byte(byte))
            }
        }
        let fields = parts.compactMap { part in if case .field(let field) = part { field } else { nil } }
        let touches = zip(parts, parts.dropFirst()).contains { $0.isOpen && $1.isOpen }
        guard fields.contains(.name), Set(fields).count == fields.count, parts.count(where: { $0 == .anything }) <= 1, !touches else { return nil }
        return parts
    }

    /// `sha256sum` writes a star before the name of a file that it read as bytes.
    private static func isLiteralStar(before rest: ArraySlice<UInt8>) -> Bool { rest.starts(with: "{name}".utf8) }

    /// What the line says; `nil` where it has another form.
    func entry(_ line: ArraySlice<UInt8>) -> Manifest.Entry? {
        var found: [Field: ArraySlice<UInt8>] = [:]
        guard matches(parts[...], line.trimmingBlanks, &found), let name = found[.name]?.unquoted, !name.isEmpty else { return nil }
        var entry = Manifest.Entry(name: Array(name))
        if let count = found[.count] {
            guard let number = Int(String(decoding: count.unquoted, as: UTF8.self)) else { return nil }
            entry.records = number
        }
        if let bytes = found[.bytes] {
            guard let number = Int64(String(decoding: bytes.unquoted, as: UTF8.self)) else { return nil }
            entry.size = number
        }
        if let sum = found[.sha256] {
            guard let hash = ContentHash(hex: String(decoding: sum.unquoted, as: UTF8.self).lowercased()) else { return nil }
            entry.hash = hash
        }
        return entry
    }

    private func matches(_ parts: ArraySlice<Part>, _ line: ArraySlice<UInt8>, _ found: inout [Field: ArraySlice<UInt8>]) -> Bool {
        guard let part = parts.first else { return line.isEmpty }
        let rest = parts.dropFirst()
        switch part {
        case .byte(let byte):
            // The star of `sha256sum` is there for some files and not for others.
            if byte == UInt8(ascii: "*"), line.first != byte { return matches(rest, line, &found) }
            return line.first == byte && matches(rest, line.dropFirst(), &found)
        case .blanks:
            let blanks = line.prefix { $0.isBlank }
            return !blanks.isEmpty && matches(rest, line.dropFirst(blanks.count), &found)
        case .anything:
            return (0...line.count).contains { matches(rest, line.dropFirst($0), &found) }
        case .field(let field):
            let most = field == .name ? line.count : line.prefix { $0.isDigitOrHex || $0 == UInt8(ascii: "\"") }.count
            // Names may hold blanks and separators: the longest that leaves the rest of the line as it must be.
            return (0...most).reversed().contains { length in
                guard length > 0, matches(rest, line.dropFirst(length), &found) else { return false }
                found[field] = line.prefix(length)
                return true
            }
        }
    }
}

extension ManifestLine.Part {
    /// Whether it takes as much as it is given.
    fileprivate var isOpen: Bool {
        switch self {
        case .field, .anything: true
        case .byte, .blanks: false
        }
    }
}

extension UInt8 {
    fileprivate var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }

    fileprivate var isDigitOrHex: Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(asciiLowered)
    }
}

extension ArraySlice<UInt8> {
    var trimmingBlanks: ArraySlice<UInt8> {
        let start = drop { $0.isBlank }
        return start.lastIndex { !$0.isBlank }.map { start[...$0] } ?? []
    }

    /// Without blanks at its ends, and without one pair of quotation marks around it.
    fileprivate var unquoted: ArraySlice<UInt8> {
        let inner = trimmingBlanks
        guard inner.count >= 2, inner.first == UInt8(ascii: "\""), inner.last == UInt8(ascii: "\"") else { return inner }
        return inner.dropFirst().dropLast()
    }
}
