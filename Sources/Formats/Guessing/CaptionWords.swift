/// A caption as words that can be compared: `PartWhse_OnHandQty` and `On-Hand  QTY` have words in common.
struct CaptionWords: Hashable {
    /// In lower case with single blanks, as the vocabulary writes.
    let text: String

    init(_ caption: String) {
        let signs = CharacterSet.separators
        let parts = caption.lowercased().unicodeScalars.split { signs.contains($0) }.map { String(String.UnicodeScalarView($0)) }
        text = parts.joined(separator: " ")
    }

    /// Whether the caption is one of the words, or ends with it behind the name of a table: `part_onhandqty`.
    func fits(_ word: String) -> Bool {
        let word = CaptionWords(word).text
        return text == word || text.hasSuffix(" " + word) && text.split(separator: " ").count - word.split(separator: " ").count <= 1
    }

    func equals(_ word: String) -> Bool { text == CaptionWords(word).text }

    /// What stands between words in captions.
    private enum CharacterSet {
        static let separators: Set<Unicode.Scalar> = [" ", "_", "-", ".", ":", "\t", "\u{A0}", "\u{FEFF}", "*", "(", ")"]
    }
}
