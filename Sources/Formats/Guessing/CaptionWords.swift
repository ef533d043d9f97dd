/// A caption as words that can be compared: `PartWhse_OnHandQty` and `On-Hand  QTY` have words in common.
struct CaptionWords: Hashable {
    /// In lower case.
    private let words: [String]
    /// Those behind the last sign that joins a table to its field.
    private let ownWords: [String]

    init(_ caption: String) {
        words = Self.split(caption)
        ownWords = Self.split(String(caption.reversed().prefix { !["_", ".", ":"].contains($0) }.reversed()))
    }

    /// How a caption says a word of the vocabulary.
    enum Fit: Hashable {
        case same
        /// Behind the name of a table or another word: `Location On Hand`.
        case ending
        /// As `ending`, with one word that could be the end of anything: `Organisation Code`.
        case vagueEnding
    }

    /// `word` as the vocabulary writes it. Blanks do not count: `stockcode` is `Stock Code`.
    func fit(_ word: String) -> Fit? {
        let joined = Self.split(word).joined()
        if words.joined() == joined { return .same }
        for rest in [ownWords, Array(words.dropFirst())] where !rest.isEmpty && rest.joined() == joined {
            return rest.count == 1 ? .vagueEnding : .ending
        }
        return nil
    }

    /// The words without anything between them, for comparing captions with each other.
    var joined: String { words.joined() }

    /// At signs and blanks, and where a capital follows a small letter.
    private static func split(_ caption: String) -> [String] {
        var words: [String] = []
        var word = ""
        var wasLower = false
        for character in caption {
            let isWordCharacter = character.isLetter || character.isNumber || character == "/" || character == "%"
            if !isWordCharacter || (wasLower && character.isUppercase) {
                if !word.isEmpty { words.append(word.lowercased()) }
                word = ""
            }
            if isWordCharacter { word.append(character) }
            wasLower = character.isLowercase
        }
        return word.isEmpty ? words : words + [word.lowercased()]
    }
}
