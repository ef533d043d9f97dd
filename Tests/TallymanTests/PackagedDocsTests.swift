import ArgumentParser
import Domain
import Foundation
import TestKit
import Testing

@testable import tallyman

/// What the package brings to read, and what its pages say of settings.
struct PackagedDocsTests {
    @Test func `all pages are in the package, and none of them points at what is not`() async throws {
        let folder = TemporaryFolder()
        let project = DocsProject.folder.path
        try await Command.run(["python3", "\(project)/packaging/pages.py", project, folder.path])

        for document in DocsProject.documents {
            let bytes = try #require(folder.read(document), "\(document) is not in the package")
            let here = URL(fileURLWithPath: "\(folder.path)/\(document)").deletingLastPathComponent()
            for match in String(decoding: bytes, as: UTF8.self).matches(of: /\]\(([^)\s]+)\)/) {
                let target = String(match.1.prefix { $0 != "#" })
                guard !target.isEmpty, !target.contains("://"), !target.hasPrefix("mailto:") else { continue }
                #expect(FileManager.default.fileExists(atPath: here.appendingPathComponent(target).path), "\(document) points at \(target)")
            }
        }
        let script = try DocsProject.text("scripts/deb.sh")
        #expect(script.contains("python3 packaging/pages.py . \"$doc\""))
    }

    // MARK: Settings that pages name

    /// Every setting's path, `NAME` for names of the reader's own.
    private static let paths: Set<String> = {
        var found: Set<String> = []
        func collect(_ options: [OptionSpec], _ path: String) {
            for option in options {
                let own = path.isEmpty ? option.name : "\(path).\(option.name)"
                found.insert(own)
                descend(option.kind, own)
            }
        }
        func descend(_ kind: OptionSpec.Kind, _ path: String) {
            switch kind {
            case .object(let options): collect(options, path)
            case .map(let element): descend(element, "\(path).NAME")
            case .list(let element): descend(element, path)
            case .either(let kinds): for kind in kinds { descend(kind, path) }
            default: break
            }
        }
        collect(Settings.options, "")
        collect(ConsoleFile.options, "console.yaml")
        return found
    }()

    /// `flows.FLOW.stock.gates` and its like, with every name of the reader's own as `NAME`.
    static func isSetting(_ path: String) -> Bool {
        let parts = path.split(separator: ".").map { $0.allSatisfy { $0.isUppercase || $0 == "_" } ? "NAME" : String($0) }
        // A name that is not in capitals, as in flows.stock.gates.
        func matches(_ left: ArraySlice<String>, _ right: ArraySlice<Substring>) -> Bool {
            left.count == right.count && zip(left, right).allSatisfy { $0 == $1 || $1 == "NAME" }
        }
        return paths.contains { known in
            let whole = known.split(separator: ".")[...]
            // A page may begin in the middle: `stock.missing`, `pull.done`.
            return whole.indices.contains { start in
                let rest = whole[start...]
                return matches(parts[...], rest.prefix(parts.count))
            }
        }
    }

    /// Pages that tell of the program in other words than settings: codes, decisions, fields of profiles.
    private static let pages = DocsProject.documents.filter { !$0.contains("decisions/") && !$0.contains("requirements") && !$0.contains("profiles") }

    @Test(arguments: pages)
    func `each setting that a page names by its path exists`(_ page: String) throws {
        let first = Set(Settings.options.map(\.name)).union(Settings.flowOptions.map(\.name))
        for span in DocsProject.spans(of: try DocsProject.text(page).replacing(#/```[^`]*```/#, with: "")) {
            guard span.wholeMatch(of: /[a-zA-Z_]+(\.[a-zA-Z_]+)+/) != nil else { continue }
            let head = String(span.prefix { $0 != "." })
            // Names of files and of types begin otherwise.
            guard first.contains(head), !["yaml", "md", "csv", "json", "db", "sh", "xml"].contains(String(span.split(separator: ".").last ?? ""))
            else { continue }
            #expect(Self.isSetting(span), "\(page) names \(span)")
        }
    }

    @Test func `a setting that does not exist is found`() {
        #expect(Self.isSetting("flows.FLOW.stock.missing") && Self.isSetting("stock.missing") && Self.isSetting("flows.stock.gates.to_zero"))
        #expect(!Self.isSetting("flows.FLOW.stock.mising") && !Self.isSetting("pull.max_size") && !Self.isSetting("alarms.none"))
    }

    /// Blocks of YAML in pages that hold whole settings or a part of one, read as `lint` reads them.
    @Test(arguments: pages)
    func `each setting in a page's example exists`(_ page: String) throws {
        let text = try DocsProject.text(page)
        for match in text.matches(of: #/```yaml\n(?<block>[^`]*)```/#) {
            let block = String(match.block)
            let folder = TemporaryFolder()
            let file = folder.write("example.yaml", Array(Self.dedented(block).utf8))
            guard let node = try? SettingsFile.load(file), let keys = node.map?.map(\.key) else { continue }
            let options = keys.allSatisfy { key in Settings.options.contains { $0.name == key } } ? Settings.options : Settings.flowOptions
            guard keys.allSatisfy({ key in options.contains { $0.name == key } }) else { continue }
            for problem in SettingCheck.problems(in: node, against: options) where problem.code == "SETTINGS-UNKNOWN" {
                Issue.record("\(page): \(problem)")
            }
        }
    }

    private static func dedented(_ block: String) -> String {
        let lines = block.split(separator: "\n", omittingEmptySubsequences: false)
        let indent = lines.filter { !$0.trimmingCharacters(in: .whitespaces).isEmpty }.map { $0.prefix { $0 == " " }.count }.min() ?? 0
        return lines.map { String($0.dropFirst(indent)) }.joined(separator: "\n")
    }

    // MARK: Help

    @Test func `each command's help ends with examples, and each example can be typed`() throws {
        let names = Tallyman.configuration.subcommands.filter { $0.configuration.shouldDisplay }.map { $0._commandName }.filter { $0 != "docs" }
        for name in names {
            let examples = try #require(Examples.all[name], "\(name) has no example")
            for example in examples {
                let words = CommandsInTextTests.words(example.call)
                #expect(throws: Never.self, "tallyman \(example.call)") { _ = try Tallyman.parseAsRoot(words) }
            }
        }
        #expect(Set(Examples.all.keys).isSubset(of: names), "examples of commands that are not there")
    }
}
