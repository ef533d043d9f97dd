import Foundation
import Testing

/// The table of files and shops in docs/testing.md names the tests of each clause, and these tests exist.
struct DocsPromisesTests {
    /// Rows whose first cell is the number of a promise: number, clause, tests, what the code did before.
    private static func rows() throws -> [[String]] {
        try DocsProject.rows(of: "docs/testing.md").filter { row in row.count == 4 && Int(row[0]).map { (1...21).contains($0) } == true }
    }

    @Test(arguments: 1...21)
    func `each promise about files and shops has its clauses, each with tests that exist and what was before`(_ number: Int) throws {
        let rows = try Self.rows().filter { $0[0] == "\(number)" }
        let names = try DocsProject.testNames()

        #expect(!rows.isEmpty)
        #expect(Set(rows.map { $0[1] }).count == rows.count, "a clause stands twice")
        for row in rows {
            let named = DocsProject.spans(of: row[2])
            #expect(!named.isEmpty, "\(row[1])")
            for name in named { #expect(names.contains(name), "there is no test \(name)") }
            #expect(!row[3].isEmpty, "\(row[1])")
        }
    }
}
