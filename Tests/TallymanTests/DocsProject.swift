import Foundation

/// The project's own files, as the tests of its documents see them.
enum DocsProject {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func text(_ path: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8)
    }

    /// Paths below the project's folder, for example of all Swift files below `Sources`.
    static func paths(below root: String, suffix: String) -> [String] {
        let base = folder.appendingPathComponent(root).path
        let names = FileManager.default.enumerator(atPath: base)?.compactMap { $0 as? String } ?? []
        return names.filter { $0.hasSuffix(suffix) }.map { "\(root)/\($0)" }.sorted()
    }

    static var documents: [String] {
        ["README.md", "CHANGELOG.md", "CONTRIBUTING.md"] + paths(below: "docs", suffix: ".md")
            + paths(below: "Schemas", suffix: ".md")
    }

    static func code(below root: String) throws -> String {
        try paths(below: root, suffix: ".swift").map { try text($0) }.joined(separator: "\n")
    }

    /// The names of all tests, without their backticks.
    static func testNames() throws -> Set<String> {
        let pattern = try NSRegularExpression(pattern: "func `([^`]+)`")
        let code = try code(below: "Tests")
        return Set(
            pattern.matches(in: code, range: NSRange(code.startIndex..., in: code)).compactMap { match in
                Range(match.range(at: 1), in: code).map { String(code[$0]) }
            }
        )
    }

    /// The cells of every table row of a document, headings and rulers left out.
    static func rows(of document: String) throws -> [[String]] {
        try text(document).split(separator: "\n").filter { $0.hasPrefix("| ") && !$0.contains("| ---") }.map { line in
            line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }
    }

    static func spans(of text: String) -> [String] {
        text.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }
}
