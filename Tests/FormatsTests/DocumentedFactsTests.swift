import Foundation
import Testing

/// Sentences of README and docs/architecture.md that the code can contradict.
struct DocumentedFactsTests {
    private static func text(_ path: String) throws -> String { String(decoding: try ProjectFolder.bytes(ProjectFolder.root + path), as: UTF8.self) }

    @Test func `the number of parts in the architecture page is the code's`() throws {
        let code = try Self.text("Sources/Engine/Planning/RowSpill.swift")
        let page = try Self.text("docs/architecture.md")
        let number = try #require(code.firstMatch(of: /static let parts = ([0-9_]+)/)?.1.replacing("_", with: ""))
        let said = try #require(page.firstMatch(of: /spread over ([0-9,]+) \*parts\*/)?.1.replacing(",", with: ""))

        #expect(said == number)
    }

    @Test func `the architecture page names every room of the entities`() throws {
        let page = try Self.text("docs/architecture.md")
        let line = try #require(page.split(separator: "\n").first { $0.hasPrefix("| `Entities` |") })
        let words = line.lowercased().filter { !$0.isWhitespace }
        let rooms = ProjectFolder.entries(ProjectFolder.root + "Sources/Entities").map { $0.lowercased() }

        #expect(rooms.count > 3)
        for room in rooms { #expect(words.contains(room), "\(room) is not named") }
    }

    @Test func `README lists nothing as missing that has a folder in the code`() throws {
        let readme = try Self.text("README.md")
        let missing = try #require(readme.firstMatch(of: /Not there yet: ([^.]+)\./)?.1.lowercased())
        let parts = ProjectFolder.entries(ProjectFolder.root + "Sources/Entities")
            .flatMap { ProjectFolder.entries(ProjectFolder.root + "Sources/Entities/" + $0) }
            .filter { !$0.hasSuffix(".swift") }
        let targets = ProjectFolder.entries(ProjectFolder.root + "Sources")

        #expect(parts.contains("Reservations") && targets.contains("Console"))
        for target in targets { #expect(!missing.contains(target.lowercased()), "README says that \(target) is missing") }
        for part in parts { #expect(!missing.contains(part.lowercased().dropLast()), "README says that \(part) is missing") }
    }
}
