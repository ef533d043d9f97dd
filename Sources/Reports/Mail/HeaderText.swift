import Domain
import Foundation

/// Text for a mail header. Whatever it held, one header comes out: line ends and control characters are shown as escapes
/// (reliability S2), what is not ASCII becomes encoded words (RFC 2047) short enough to fold.
struct HeaderText {
    /// Longer subjects are cut by mail programs anyway.
    static let limit = 180
    private static let wordBytes = 42

    let encoded: String

    init(_ text: String) {
        let safe = Escaped(text, limit: Self.limit).description
        guard !safe.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) else {
            encoded = safe
            return
        }
        var words: [String] = []
        var word: [UInt8] = []
        for scalar in safe.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            if word.count + bytes.count > Self.wordBytes {
                words.append(Self.encodedWord(word))
                word = []
            }
            word += bytes
        }
        if !word.isEmpty { words.append(Self.encodedWord(word)) }
        encoded = words.joined(separator: "\r\n ")
    }

    private static func encodedWord(_ bytes: [UInt8]) -> String { "=?utf-8?B?\(Data(bytes).base64EncodedString())?=" }

    /// A name that every mail program and file system takes.
    static func fileName(_ name: String) -> String {
        String(name.prefix(100).map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) ? $0 : "_" })
    }
}
