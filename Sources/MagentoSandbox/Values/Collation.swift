import Foundation

/// The column collation of a Magento database (`utf8mb4_general_ci`): letter case, accents and trailing blanks do not count.
package enum Collation {
    /// Two texts are equal to the database exactly when their folded forms are; folded forms order as the database does.
    package static func fold(_ text: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            guard byte < 0x80 else { return foldWide(text) }
            bytes.append(byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") ? byte - 0x20 : byte)
        }
        while bytes.last == 0x20 { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func foldWide(_ text: String) -> String {
        var folded = text.folding(options: .diacriticInsensitive, locale: nil).uppercased()
        while folded.hasSuffix(" ") { folded.removeLast() }
        return folded
    }

    /// MySQL's `LIKE` on folded texts: `%` any run, `_` one character.
    package static func matches(_ text: String, like pattern: String) -> Bool {
        let text = Array(fold(text).unicodeScalars)
        let pattern = Array(fold(pattern).unicodeScalars)
        var reachable = [true] + Array(repeating: false, count: text.count)
        for symbol in pattern {
            var next = Array(repeating: false, count: text.count + 1)
            for position in 0...text.count {
                if symbol == "%" {
                    next[position] = reachable[position] || (position > 0 && next[position - 1])
                } else if position > 0, reachable[position - 1], symbol == "_" || symbol == text[position - 1] {
                    next[position] = true
                }
            }
            reachable = next
        }
        return reachable[text.count]
    }
}
