import Foundation
import Testing

/// What a page points at is there, and what it says to type can be typed.
struct DocsLinksTests {
    /// A heading's anchor as GitHub makes it.
    private static func anchor(_ heading: String) -> String {
        let kept = heading.lowercased().filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" || $0 == "_" }
        return kept.replacingOccurrences(of: " ", with: "-")
    }

    private static func anchors(of text: String) -> Set<String> {
        var isCode = false
        return Set(
            text.split(separator: "\n").compactMap { line in
                if line.hasPrefix("```") { isCode.toggle() }
                guard !isCode, line.hasPrefix("#") else { return nil }
                return anchor(line.drop { $0 == "#" }.trimmingCharacters(in: .whitespaces))
            })
    }

    @Test(arguments: DocsProject.documents)
    func `each link of a page leads to a file and a heading that are there`(_ document: String) throws {
        let text = try DocsProject.text(document)
        let here = DocsProject.folder.appendingPathComponent(document).deletingLastPathComponent()
        for match in text.matches(of: /\]\(([^)\s]+)\)/) {
            let target = String(match.1)
            guard !target.hasPrefix("http://"), !target.hasPrefix("https://"), !target.hasPrefix("mailto:") else { continue }
            let parts = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let file = parts[0].isEmpty ? DocsProject.folder.appendingPathComponent(document) : here.appendingPathComponent(parts[0])
            #expect(FileManager.default.fileExists(atPath: file.path), "\(document) points at \(target)")
            guard parts.count == 2, file.pathExtension == "md", let other = try? String(contentsOf: file, encoding: .utf8) else { continue }
            #expect(Self.anchors(of: other).contains(parts[1]), "\(document) points at \(target)")
        }
    }
}
