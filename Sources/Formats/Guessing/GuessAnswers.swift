package import Domain
import Synchronization

/// What a person has said about a file, by the keys of `Question`. It knows which of them were asked for.
package struct GuessAnswers: Sendable {
    private let values: [String: String]
    private let asked = Asked()

    private final class Asked: Sendable {
        let keys = Mutex<Set<String>>([])
    }

    package init(_ values: [String: String] = [:]) { self.values = values }

    package var keys: [String] { values.keys.sorted() }
    /// Answers to what nobody asked: a slip in a key, or an answer that another one has overruled.
    package var unused: [String] { asked.keys.withLock { asked in keys.filter { !asked.contains($0) } } }

    package subscript(key: String) -> String? {
        asked.keys.withLock { _ = $0.insert(key) }
        return values[key]
    }

    /// One of the words of a closed set. Throws `ANSWER-VALUE` for any other word.
    func choice(_ key: String, of words: [String]) throws -> String? {
        guard let value = self[key] else { return nil }
        guard words.contains(value) else { throw Self.unknown(key, value, words) }
        return value
    }

    /// Throws `ANSWER-UNUSED` where something was answered that nobody asked.
    ///
    /// - Parameter questions: the keys that were asked about, to name the one that was probably meant.
    package func proveUsed(_ questions: [String]) throws {
        guard let first = unused.first else { return }
        let names = unused.map { "'\(Escaped($0))'" }.joined(separator: ", ")
        let hint = NearestWord.hint(first, among: questions + asked.keys.withLock { $0.filter { values[$0] == nil } }, otherwise: "take it out")
        throw Diagnostic("ANSWER-UNUSED", "nothing of this sample asks for \(names)", fix: hint)
    }

    package static func unknown(_ key: String, _ value: String, _ words: [String]) -> Diagnostic {
        Diagnostic(
            "ANSWER-VALUE", "'\(Escaped(value))' is no answer to '\(Escaped(key))'",
            fix: "answer with one of: \(words.prefix(20).joined(separator: ", "))"
                + (NearestWord.of(value, among: words).map { "; did you mean \($0)?" } ?? ""))
    }
}
