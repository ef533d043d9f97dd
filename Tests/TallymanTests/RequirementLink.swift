import Domain
import Foundation
import TestKit

/// Something that a row of docs/requirements.md names as its proof.
enum RequirementLink: Hashable {
    case test(file: String, name: String)
    case setting(String)
    case command(String)
    case doctorCheck(String)
    case alarm(String)
    case profile(String)
    case page(String, anchor: String?)
    case path(String)
    case unreadable(String)

    init(_ text: String) {
        let spans = DocsProject.spans(of: text)
        guard let first = spans.first, text.hasPrefix("`"), text.hasSuffix("`") else {
            let target = text.hasPrefix("[") && text.hasSuffix(")") ? text.split(separator: "](").last?.dropLast() : nil
            let parts = target?.split(separator: "#", maxSplits: 1).map(String.init) ?? []
            self = parts.isEmpty ? .unreadable(text) : .page(parts[0], anchor: parts.count == 2 ? parts[1] : nil)
            return
        }
        if spans.count == 2, text == "`\(first)` · `\(spans[1])`" {
            self = .test(file: first, name: spans[1])
        } else if spans.count > 1 {
            self = .unreadable(text)
        } else if let command = first.after("tallyman ") {
            self = .command(command)
        } else if let check = first.after("doctor: ") {
            self = .doctorCheck(check)
        } else if let code = first.after("alarm: ") {
            self = .alarm(code)
        } else if let name = first.after("profile: ") {
            self = .profile(name)
        } else {
            self = first.contains("/") ? .path(first) : .setting(first)
        }
    }

    /// Whether the project has it. Commands are asked of the program itself.
    func exists() async throws -> Bool {
        switch self {
        case .test(let file, let name): try Self.isFile(file) && DocsProject.text(file).contains("func `\(name)`")
        case .setting(let path): try SettingsSchema().has(path)
        case .command(let words): try await Self.isCommand(words)
        case .doctorCheck(let name): try Self.doctorChecks().contains(name)
        case .alarm(let code): AlarmCode(rawValue: code) != nil
        case .profile(let name): Self.isFile("Schemas/profiles/\(name)/profile.json") || Self.isFile("Schemas/profiles/\(name)/output.json")
        case .page(let name, let anchor):
            try Self.isFile("docs/\(name)") && (anchor.map { try Self.anchors(of: "docs/\(name)").contains($0) } ?? true)
        case .path(let path): FileManager.default.fileExists(atPath: DocsProject.folder.appendingPathComponent(path).path)
        case .unreadable: false
        }
    }

    private static func isFile(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        let file = DocsProject.folder.appendingPathComponent(path).path
        return FileManager.default.fileExists(atPath: file, isDirectory: &isFolder) && !isFolder.boolValue
    }

    /// Its help begins with its own name, and has the flags that are named with it.
    private static func isCommand(_ words: String) async throws -> Bool {
        let parts = words.split(separator: " ").map(String.init)
        let name = parts.filter { !$0.hasPrefix("-") }
        let folder = TemporaryFolder()
        let help = try await Program(folder: folder.path, environment: [:]).run(name + ["--help"]).output
        let usage = "USAGE: tallyman \(name.joined(separator: " ")) "
        return (help + " ").contains(usage) && parts.allSatisfy { !$0.hasPrefix("-") || help.contains("\($0) ") || help.contains("\($0)\n") }
    }

    private static func doctorChecks() throws -> Set<String> {
        let pattern = #/enum Check: [^\n]*\n\s*case ([a-z, ]+)\n/#
        let code = try DocsProject.text("Sources/Magento/Probe/ShopFinding.swift")
        let cases = code.firstMatch(of: pattern).map { $0.1.split(separator: ", ").map(String.init) } ?? []
        let others = try DocsProject.code(below: "Sources/tallyman/Commands/Doctor").matches(of: #/check: "([a-z]+)/#).map { String($0.1) }
        return Set(cases + others)
    }

    /// The anchors of a page's headings, as the forges make them.
    private static func anchors(of document: String) throws -> Set<String> {
        let heads = try DocsProject.text(document).split(separator: "\n").filter { $0.hasPrefix("#") }
        return Set(
            heads.map { head in
                let title = head.drop { $0 == "#" }.trimmingCharacters(in: .whitespaces).lowercased()
                return title.filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" || $0 == "_" }.replacing(" ", with: "-")
            }
        )
    }
}

extension String {
    fileprivate func after(_ start: String) -> String? { hasPrefix(start) ? String(dropFirst(start.count)) : nil }
}
