/// The word somebody probably meant.
package enum NearestWord {
    /// The candidate with the fewest edits, letter case aside, if that is fewer than half of the word's letters; otherwise the only one that
    /// begins with the word.
    package static func of(_ word: String, among candidates: some Sequence<String>) -> String? {
        let lower = Array(word.lowercased())
        let all = Array(candidates)
        let scored = all.map { (candidate: $0, edits: distance(lower, Array($0.lowercased()))) }
        guard let best = scored.min(by: { $0.edits < $1.edits }) else { return nil }
        if best.edits * 2 <= max(lower.count, best.candidate.count) { return best.candidate }
        let longer = all.filter { lower.count >= 3 && $0.lowercased().hasPrefix(word.lowercased()) }
        return longer.count == 1 ? longer[0] : nil
    }

    /// `did you mean state?`, or what is known where no word is near.
    package static func hint(_ word: String, among candidates: some Sequence<String>, otherwise: String) -> String {
        of(word, among: candidates).map { "did you mean \($0)?" } ?? otherwise
    }

    /// Insertions, deletions, replacements and neighbours that have changed places. Long texts are compared by their first 64 characters.
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        let (left, right) = (left.prefix(64), right.prefix(64))
        var (before, costs) = ([Int](), Array(0...right.count))
        for (row, letter) in left.enumerated() {
            var next = [row + 1]
            for (column, other) in right.enumerated() {
                var cost = min(costs[column] + (letter == other ? 0 : 1), costs[column + 1] + 1, next[column] + 1)
                if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other { cost = min(cost, before[column - 1] + 1) }
                next.append(cost)
            }
            (before, costs) = (costs, next)
        }
        return costs[right.count]
    }
}
