import Domain

/// What a person has said about a file, by the keys of `Question`.
package struct GuessAnswers: Sendable {
    private let values: [String: String]

    package init(_ values: [String: String] = [:]) { self.values = values }

    package var keys: [String] { values.keys.sorted() }

    package subscript(key: String) -> String? { values[key] }

    /// One of the words of a closed set. Throws `ANSWER-VALUE` for any other word.
    func choice(_ key: String, of words: [String]) throws -> String? {
        guard let value = values[key] else { return nil }
        guard words.contains(value) else { throw Self.unknown(key, value, words) }
        return value
    }

    static func unknown(_ key: String, _ value: String, _ words: [String]) -> Diagnostic {
        Diagnostic(
            "ANSWER-VALUE", "'\(Escaped(value))' is no answer to '\(Escaped(key))'",
            fix: "answer with one of: \(words.prefix(20).joined(separator: ", "))")
    }
}
