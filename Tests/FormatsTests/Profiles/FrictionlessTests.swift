import Foundation
import Testing

@testable import Formats

private let python = ProjectFolder.root + ".build/venv/bin/python"
private let isPresent = FileManager.default.isExecutableFile(atPath: python)

/// Which records of a fixture are good: our verdict beside that of an independent validator that knows only the standard.
struct FrictionlessTests {
    /// Where the two differ on purpose: the fixture, the row, and why ours is wanted.
    private static let deliberate: [(fixture: String, row: Int, reason: String)] = [
        ("infor/m3-balances", 5, "it drops group marks wherever they stand: 12.50 would be 1250"),
        ("khaos/stock-levels", 5, "it takes exponents; a figure that was through a spreadsheet has lost digits"),
        ("sage300/item-locations", 7, "as above"),
        ("sage50/credit-notes", 2, "a minus behind the number"), ("sage50/credit-notes", 3, "a number in brackets"),
        ("sage50/price-list", 7, "with currency signs allowed it drops every letter: 3.6O would be 3.6"),
        ("sage50/product-list", 8, "a code that a spreadsheet turned into a number is text like any other to it"),
        ("sage50/stock", 3, "a minus behind the number"), ("sage50/stock", 4, "Nil for zero"),
        ("sage50/stock-pivoted", 2, "a minus behind the number"), ("sage50/stock-pivoted", 4, "- for zero"),
    ]

    @Test(.enabled(if: isPresent, "frictionless is not installed: scripts/python.sh"))
    func `an independent validator finds the same records invalid`() throws {
        let process = Process()
        process.executableURL = URL(filePath: python)
        process.arguments = [ProjectFolder.root + "scripts/frictionless-rows.py"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let answer = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        var invalid: [String: Set<String>] = [:]
        for line in answer.split(separator: "\n") {
            let cells = line.split(separator: "\t", maxSplits: 1).map(String.init)
            invalid[cells[0], default: []].formUnion(cells[1] == "read" ? [] : [cells[1]])
        }

        #expect(invalid.count > 25)
        for (name, theirs) in invalid {
            let rejects = try ProjectFolder.bytes("\(ProjectFolder.root)Fixtures/profiles/\(name)/rejects.csv")
            let ours = Set(NaiveCSV.rows(rejects).dropFirst().map { String(decoding: $0[0], as: UTF8.self) })
            let wanted = Set(Self.deliberate.filter { $0.fixture == name }.map { "\($0.row)" })
            #expect(ours.symmetricDifference(theirs) == wanted, "\(name): we reject \(ours.sorted()), frictionless \(theirs.sorted())")
        }
    }
}
