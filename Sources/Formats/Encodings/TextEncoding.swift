/// The character encodings that ERP files come in. Every one but UTF-16 keeps ASCII where it is.
package enum TextEncoding: String, Sendable, CaseIterable, Hashable {
    case utf8 = "utf-8"
    case utf16LittleEndian = "utf-16le"
    case utf16BigEndian = "utf-16be"
    case windows1252 = "windows-1252"
    case latin1 = "iso-8859-1"
    case latin9 = "iso-8859-15"
    case codePage850 = "cp850"

    /// Also by the names that other tools use, in any case: `cp1252`, `UTF8`, `latin1`.
    package init?(named name: String) {
        let plain = name.lowercased()
        let aliases: [String: TextEncoding] = [
            "utf8": .utf8, "ascii": .utf8, "us-ascii": .utf8, "utf-8-sig": .utf8, "utf-16": .utf16LittleEndian,
            "utf16": .utf16LittleEndian, "cp1252": .windows1252, "ansi": .windows1252, "latin1": .latin1,
            "latin-1": .latin1, "iso8859-1": .latin1, "latin9": .latin9, "latin-9": .latin9, "ibm850": .codePage850,
            "cp-850": .codePage850, "oem": .codePage850,
        ]
        guard let found = TextEncoding(rawValue: plain) ?? aliases[plain] else { return nil }
        self = found
    }

    var isUTF16: Bool { self == .utf16LittleEndian || self == .utf16BigEndian }

    var byteOrderMark: [UInt8] {
        switch self {
        case .utf8: [0xEF, 0xBB, 0xBF]
        case .utf16LittleEndian: [0xFF, 0xFE]
        case .utf16BigEndian: [0xFE, 0xFF]
        case .windows1252, .latin1, .latin9, .codePage850: []
        }
    }

    /// `nil` for the Unicode encodings.
    var page: SingleBytePage? {
        switch self {
        case .utf8, .utf16LittleEndian, .utf16BigEndian: nil
        case .windows1252: .windows1252
        case .latin1: .latin1
        case .latin9: .latin9
        case .codePage850: .codePage850
        }
    }

    /// `text` in this encoding, without a mark. A character that the page lacks becomes `?` and is counted.
    package func encode(_ text: some StringProtocol) -> (bytes: [UInt8], replaced: Int) {
        switch self {
        case .utf8: return (Array(text.utf8), 0)
        case .utf16LittleEndian: return (text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }, 0)
        case .utf16BigEndian: return (text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }, 0)
        case .windows1252, .latin1, .latin9, .codePage850:
            var replaced = 0
            let bytes = text.unicodeScalars.map { scalar in
                if let byte = page?.byte(for: scalar) { return byte }
                replaced += 1
                return UInt8(ascii: "?")
            }
            return (bytes, replaced)
        }
    }
}
