package import Domain
import GRDB

/// Numbers of a sender's files that did not come, or another thing about a number that a person should know.
package struct FileGap: Hashable, Sendable {
    package var numbers: ClosedRange<Int64>
    /// Whose file showed it.
    package var run: Int64
    package var since: UTCInstant
    package var note: String

    package init(numbers: ClosedRange<Int64>, run: Int64, since: UTCInstant, note: String) {
        (self.numbers, self.run, self.since, self.note) = (numbers, run, since, note)
    }
}

extension LedgerReader {
    /// The run of another file with this number, and with other content, since the sender last began anew. One that was refused or
    /// discarded is expected to come again.
    package func twin(ofNumber number: Int64, flow: String, hash: ContentHash) throws -> Int64? {
        try Int64.fetchOne(
            db,
            sql: """
                SELECT n.run FROM file_number n JOIN run r ON r.id = n.run
                WHERE n.flow = ? AND n.number = ? AND n.hash <> ? AND r.state NOT IN ('discarded', 'failed', 'previewed')
                """,
            arguments: [flow, number, hash.hex])
    }

    /// The numbers of files that were planned since the sender last began anew, between two numbers.
    package func fileNumbers(flow: String, between range: ClosedRange<Int64>) throws -> [Int64] {
        try Int64.fetchAll(
            db, sql: "SELECT number FROM file_number WHERE flow = ? AND number BETWEEN ? AND ?",
            arguments: [flow, range.lowerBound, range.upperBound])
    }

    /// What is open, the oldest first.
    package func fileGaps(flow: String) throws -> [FileGap] {
        try Row.fetchAll(db, sql: "SELECT * FROM file_gap WHERE flow = ? ORDER BY since, first", arguments: [flow]).map { row in
            FileGap(
                numbers: (row["first"] as Int64)...(row["last"] as Int64), run: row["run"], since: UTCInstant(milliseconds: row["since"]),
                note: row["note"])
        }
    }
}

extension LedgerWriter {
    /// How many numbers are remembered: more than any sender sends again.
    private static let remembered: Int64 = 10_000
    /// How long a number that never came is asked for.
    private static let asked = Duration.seconds(30 * 86_400)

    /// A file of that number was planned: it is missing no more.
    /// - Parameter beginsAnew: whether the numbers before it are those of an earlier round.
    package func note(number: Int64, flow: String, hash: ContentHash, run: Int64, beginsAnew: Bool, at now: UTCInstant) throws {
        let oldest = beginsAnew ? Int64.max : max(number, Self.remembered) - Self.remembered
        try db.execute(sql: "DELETE FROM file_number WHERE flow = ? AND number < ?", arguments: [flow, oldest])
        try db.execute(
            sql: "INSERT OR REPLACE INTO file_number (flow, number, hash, run) VALUES (?, ?, ?, ?)", arguments: [flow, number, hash.hex, run])
        try db.execute(
            sql: "DELETE FROM file_gap WHERE flow = ? AND since < ?", arguments: [flow, now.adding(.zero - Self.asked).milliseconds])
        for gap in try reader.fileGaps(flow: flow) where gap.numbers.contains(number) && gap.run != run {
            try db.execute(
                sql: "DELETE FROM file_gap WHERE flow = ? AND first = ? AND last = ?",
                arguments: [flow, gap.numbers.lowerBound, gap.numbers.upperBound])
            for rest in gap.numbers.without([number]) {
                try note(gap: FileGap(numbers: rest, run: gap.run, since: gap.since, note: gap.note), flow: flow)
            }
        }
    }

    /// Safe to repeat.
    package func note(gap: FileGap, flow: String) throws {
        try db.execute(
            sql: "INSERT OR IGNORE INTO file_gap (flow, first, last, run, since, note) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [flow, gap.numbers.lowerBound, gap.numbers.upperBound, gap.run, gap.since.milliseconds, gap.note])
    }
}
