import Domain

/// Where the count of records is in a done file: a line such as `records={count}`.
///
/// A number that the profile does not describe this way is not a count: it may as well be a time, a size or a line number.
package struct DoneCount: Hashable, Sendable {
    /// As the profile writes it.
    package let text: String
    private let before: String
    private let after: String

    /// `nil` unless `text` holds `{count}` exactly once.
    package init?(_ text: String) {
        let parts = text.split(separator: Self.placeholder, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        self.text = text
        before = Self.condensed(parts[0])
        after = Self.condensed(parts[1])
    }

    package static let placeholder = "{count}"

    /// The count that the content states.
    /// - Throws: `FILE-DONE-COUNT` unless exactly one line has the declared form and a whole number in the place of the count.
    package func count(in content: String, of file: String) throws -> Int {
        let lines = content.split(whereSeparator: \.isNewline).map { Self.condensed($0) }
        let numbers = lines.filter { !$0.isEmpty }.compactMap(number)
        guard numbers.count == 1, let only = numbers.first, let count = only else {
            let shown = lines.first { !$0.isEmpty }.map { "it begins with \"\(Escaped(String($0.prefix(60))))\"" } ?? "it is empty"
            let why = numbers.count > 1 ? "\(numbers.count) of its lines have the form \(Escaped(text))" : shown
            throw Diagnostic(
                "FILE-DONE-COUNT", "the done file \(Escaped(file)) does not state a count of the form \(Escaped(text)): \(why)",
                fix: "ask the sender to write the done file again, or change complete.done_count in the profile; the file it announces is not read"
            )
        }
        return count
    }

    /// `nil` for a line of another form, `.some(nil)` for one of this form without a whole number in its place.
    private func number(_ line: String) -> Int?? {
        let (folded, before, after) = (line.lowercased(), before.lowercased(), after.lowercased())
        guard folded.count >= before.count + after.count, folded.hasPrefix(before), folded.hasSuffix(after) else { return nil }
        return .some(Self.wholeNumber(folded.dropFirst(before.count).dropLast(after.count).trimmed))
    }

    /// Digits, all of them or in groups of three with one and the same separator.
    private static func wholeNumber(_ text: Substring) -> Int? {
        guard text.contains(where: { !("0"..."9").contains($0) }) else { return Int(text) }
        guard let mark = text.first(where: { !("0"..."9").contains($0) }), ",.'\u{2019} \u{A0}\u{202F}".contains(mark) else { return nil }
        let groups = text.split(separator: mark, omittingEmptySubsequences: false)
        guard let first = groups.first, (1...3).contains(first.count), groups.dropFirst().allSatisfy({ $0.count == 3 }) else { return nil }
        let digits = groups.joined()
        return digits.allSatisfy({ ("0"..."9").contains($0) }) ? Int(digits) : nil
    }

    /// Without blanks at its ends and around `=` and `:`, where they mean nothing; several blanks are one.
    private static func condensed(_ text: some StringProtocol) -> String {
        var result = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        for sign in ["=", ":"] { result = result.replacing(" \(sign)", with: sign).replacing("\(sign) ", with: sign) }
        return result
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        let start = drop { $0 == " " }
        return start.lastIndex { $0 != " " }.map { start[...$0] } ?? ""
    }
}
