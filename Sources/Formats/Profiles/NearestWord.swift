/// The word somebody probably meant.
enum NearestWord {
    /// The candidate with the fewest edits, letter case aside, if that is fewer than half of the word's letters.
    static func of(_ word: String, among candidates: some Sequence<String>) -> String? {
        let lower = Array(word.lowercased())
        let scored = candidates.map { (candidate: $0, edits: distance(lower, Array($0.lowercased()))) }
        guard let best = scored.min(by: { $0.edits < $1.edits }) else { return nil }
        return best.edits * 2 <= max(lower.count, best.candidate.count) ? best.candidate : nil
    }

    /// Levenshtein: insertions, deletions and replacements. Long texts are compared by their first 64 characters.
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        let (left, right) = (left.prefix(64), right.prefix(64))
        var costs = Array(0...right.count)
        for (row, letter) in left.enumerated() {
            var diagonal = costs[0]
            costs[0] = row + 1
            for (column, other) in right.enumerated() {
                let replaced = diagonal + (letter == other ? 0 : 1)
                diagonal = costs[column + 1]
                costs[column + 1] = min(replaced, diagonal + 1, costs[column] + 1)
            }
        }
        return costs[right.count]
    }
}
