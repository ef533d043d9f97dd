import Domain

/// How far a proposal may be trusted.
package enum Certainty: String, Sendable, CaseIterable, Comparable {
    /// The file leaves nothing else.
    case sure
    /// The usual reading; another one is possible.
    case likely
    /// Two readings fit. A person must say which.
    case unsure

    package static func < (left: Certainty, right: Certainty) -> Bool {
        (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
}

/// A proposal with what speaks for it.
package struct Guess<Value: Sendable>: Sendable {
    package var value: Value
    package var certainty: Certainty
    package var evidence: String

    package init(_ value: Value, _ certainty: Certainty, _ evidence: String) {
        self.value = value
        self.certainty = certainty
        self.evidence = evidence
    }
}

/// What a guesser cannot know, and how to tell it.
package struct Question: Hashable, Sendable {
    /// The key of the answer: `dates.Start Date`.
    package var key: String
    package var text: String
    package var choices: [String]
    /// What is taken until somebody answers.
    package var assumed: String
}

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
            hint: "answer with one of: \(words.prefix(20).joined(separator: ", "))")
    }
}
