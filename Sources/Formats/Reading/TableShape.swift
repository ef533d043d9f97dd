import Domain

/// How many cells the records of one file have.
///
/// Lenient layouts accept records that lack their last cells (`short_rows`) or have empty cells behind the last column
/// (`trailing_separators`). But a separator too many or too few makes exactly such a record of a damaged one, with its figures in the
/// wrong columns. Therefore a file has one count: its first records decide it. A record with another count is accepted only if no
/// other reading of it fits the columns (`RowReadings`).
struct TableShape {
    /// Columns of the header; where empty cells may follow the last column, without empty captions at the end.
    let columnCount: Int
    /// A record with fewer cells lacks a column that must be there.
    let leastCount: Int
    let allowsShort: Bool
    let allowsSurplus: Bool
    /// Cells of an ordinary record; `nil` where the first records differ among themselves, so that no count can be relied on.
    private(set) var expected: Int?
    /// The count is known without looking at records: the layout states it, or the header ends with separators itself.
    let isStated: Bool

    /// `captionCount` includes the empty captions at the header's end, `filledCount` does not.
    init(layout: Layout, captionCount: Int, filledCount: Int, leastCount: Int, isStated: Bool) {
        allowsShort = layout.shortRows == .allow
        allowsSurplus = layout.trailingSeparators != .reject
        columnCount = allowsSurplus ? filledCount : captionCount
        self.leastCount = allowsShort ? leastCount : columnCount
        if case .exactly(let surplus) = layout.trailingSeparators {
            expected = filledCount + surplus
            self.isStated = true
        } else {
            expected = captionCount
            let isLenient = allowsShort || allowsSurplus
            self.isStated = isStated || !isLenient || captionCount > filledCount
        }
    }

    /// Every record has `count` cells.
    init(count: Int) {
        (columnCount, leastCount, expected, isStated) = (count, count, count, true)
        (allowsShort, allowsSurplus) = (false, false)
    }

    /// The count of a record that needs no second look; -1 where all need one.
    var plainCount: Int { expected.map { $0 <= columnCount ? $0 : -1 } ?? -1 }

    /// Whether a record with this count can be one at all.
    func allows(_ count: Int) -> Bool {
        if count == expected || count == columnCount { return true }
        return count < columnCount ? allowsShort && count >= leastCount : allowsSurplus
    }

    /// One of the first records of a file: its cells, and how many of them are left without the empty ones at its end.
    struct Sample {
        var count: Int
        var filled: Int
    }

    /// Decides the count by the first records. One of them may be damaged, and so may a quarter of many.
    mutating func settle(_ samples: [Sample]) {
        guard !isStated else { return }
        var counts: [Int: Int] = [:]
        for sample in samples where allows(sample.count) && sample.filled <= columnCount { counts[sample.count, default: 0] += 1 }
        let total = counts.values.reduce(0, +)
        guard let most = counts.values.max(), total > 1 else { return }
        let winners = counts.filter { $0.value == most }.keys
        guard winners.count == 1, let winner = winners.first, total - most <= 1 || most * 4 > total * 3 else {
            expected = nil
            return
        }
        expected = winner
    }
}
