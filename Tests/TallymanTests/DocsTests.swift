import Domain
import Endpoints
import Foundation
import TestKit
import Testing

/// What the documents say must be true of the project.
struct DocsTests {
    // MARK: Glossary

    /// The words of the design that the program has.
    private static let designWords = [
        "flow", "endpoint", "file drop", "delivery", "profile", "run", "attempt", "record", "outcome", "tally", "mirror",
        "plan", "change", "gate", "error queue",
    ]

    @Test func `each type that the glossary names is declared in the sources`() throws {
        let code = try DocsProject.code(below: "Sources")
        let types = try DocsProject.rows(of: "docs/glossary.md").dropFirst().flatMap { DocsProject.spans(of: $0.last ?? "") }

        #expect(types.count > 40)
        for type in types {
            let name = type.split(separator: ".").last.map(String.init) ?? type
            let declaration = "(struct|enum|class|actor|protocol|typealias|case|var|let|func) \(name)\\b"
            #expect(code.range(of: declaration, options: .regularExpression) != nil, "the sources do not declare \(type)")
        }
    }

    @Test(arguments: designWords)
    func `the glossary has the design's word`(_ word: String) throws {
        let words = try DocsProject.rows(of: "docs/glossary.md").compactMap(\.first)

        #expect(words.contains(word))
    }

    @Test func `the glossary has each word once`() throws {
        let words = try DocsProject.rows(of: "docs/glossary.md").compactMap(\.first)

        #expect(Set(words).count == words.count)
    }

    // MARK: Links and names

    @Test(arguments: DocsProject.documents)
    func `each relative link of a document leads somewhere`(_ document: String) throws {
        let text = try DocsProject.text(document)
        let pattern = try NSRegularExpression(pattern: #"\]\(([^)#]+)(#[^)]*)?\)"#)
        let base = DocsProject.folder.appendingPathComponent(document).deletingLastPathComponent()

        for match in pattern.matches(in: text, range: NSRange(text.startIndex..., in: text)) {
            guard let range = Range(match.range(at: 1), in: text), !text[range].contains("://") else { continue }
            let target = base.appendingPathComponent(String(text[range])).path
            #expect(FileManager.default.fileExists(atPath: target), "\(document) links to \(text[range])")
        }
    }

    @Test func `each code that operations explains exists`() throws {
        let code = try DocsProject.code(below: "Sources")
        let codes = try DocsProject.rows(of: "docs/operations.md").flatMap { DocsProject.spans(of: $0.first ?? "") }
            .filter { $0.range(of: "^[A-Z]+(-[A-Z0-9]+)+$", options: .regularExpression) != nil }

        #expect(codes.count > 60)
        for name in codes { #expect(code.contains("\"\(name)\""), "\(name) is nowhere in the sources") }
    }

    @Test func `each exit code of the program is explained in operations`() throws {
        let rows = try DocsProject.rows(of: "docs/operations.md").compactMap { $0.first.flatMap { Int($0) } }

        #expect(rows == [0, 1, 2, 3, 4, 75])
    }

    @Test func `each shipped profile is in the profiles page`() throws {
        let page = try DocsProject.text("docs/profiles.md")

        for path in DocsProject.paths(below: "Schemas/profiles", suffix: "/profile.json") {
            let name = path.dropFirst("Schemas/profiles/".count).dropLast("/profile.json".count)
            #expect(page.contains("`\(name)`"))
        }
    }

    @Test func `decisions have a number each and their three parts`() throws {
        let decisions = DocsProject.paths(below: "docs/decisions", suffix: ".md")
        let numbers = decisions.map { $0.dropFirst("docs/decisions/".count).prefix(4) }

        #expect(Set(numbers).count == numbers.count)
        for (path, number) in zip(decisions, numbers) {
            #expect(Int(number) != nil && path.hasPrefix("docs/decisions/\(number)-"))
            let text = try DocsProject.text(path)
            for part in ["# \(number) ", "**Context.**", "**Choice.**", "**Consequences.**"] { #expect(text.contains(part)) }
        }
    }
}
