import Foundation
import Testing

/// Words that were replaced by the field's own do not come back.
struct PlainWordsTests {
    private static let pages = DocsProject.documents.filter {
        !$0.contains("decisions/") && !$0.hasSuffix("CHANGELOG.md") && !$0.contains("requirements")
    }

    /// Names in code. Each has its successor in the glossary or in the code it named.
    private static let names = [
        "KeyFold", "isSpoiled", "Circumstances", "PlanOccasion", "Newcomer", "Newcomers", "KeyStanding", "Sighting", "ServiceHouse", "nudge",
        "lookAround", "giver", "condemn", "gather_mirror", "RecordTaker",
    ]
    /// Phrases in what people read.
    private static let phrases = [
        "how to mend", "What to do.**", "From when on something is", "So long after", "Who answers for", "is no number from",
        "which the shop has not", "last breath", "no choice there", "is not told beside", "the other one stays",
    ]

    /// Other words for a fix. Code may give a hint to a search.
    @Test(arguments: ["hint", "remedy"]) func `no page has another word for a fix`(_ word: String) throws {
        let pattern = try Regex("(?i)\\b\(word)s?\\b")
        for path in Self.pages { #expect(try DocsProject.text(path).firstMatch(of: pattern) == nil, "\(path)") }
    }

    @Test(arguments: names) func `no source has the retired name`(_ name: String) throws {
        let pattern = try Regex("\\b\(name)\\b")
        for path in DocsProject.paths(below: "Sources", suffix: ".swift") {
            #expect(try DocsProject.text(path).firstMatch(of: pattern) == nil, "\(path)")
        }
    }

    @Test(arguments: phrases) func `nothing that people read has the retired phrase`(_ phrase: String) throws {
        let pattern = try Regex("(?i)\\b\(NSRegularExpression.escapedPattern(for: phrase))")
        for path in Self.pages + DocsProject.paths(below: "Sources", suffix: ".swift") + ["packaging/settings.yaml"] {
            #expect(try DocsProject.text(path).firstMatch(of: pattern) == nil, "\(path)")
        }
    }
}
