import Domain
import Foundation
import Yams

/// The settings file as checked nodes with places. Only this file knows YAML.
///
/// No includes, no hooks, no anchors to amplify: what is not plain YAML of a sensible size is refused (reliability S36).
enum SettingsFile {
    static let maximumSize = 1 << 20

    static func load(_ path: String) throws -> SettingNode {
        guard let data = try OwnFile.content(path) else {
            throw Diagnostic(
                "SETTINGS-FILE", "there is no settings file here", at: .init(file: path),
                fix: "name it with --settings FILE, or write one (docs/settings.md has every option)"
            )
        }
        guard data.count <= maximumSize else {
            throw Diagnostic("SETTINGS-FILE", "the file is larger than 1 MB", at: .init(file: path), fix: "this is not a settings file")
        }
        do {
            // Scalars stay text; guessing their types would cost a dozen regular expressions.
            guard let node = try Yams.compose(yaml: String(decoding: data, as: UTF8.self), .basic) else {
                throw Diagnostic("SETTINGS-FILE", "the file is empty", at: .init(file: path), fix: "docs/settings.md has an example")
            }
            return try convert(node, path: path)
        } catch let error as YamlError {
            throw syntaxError(error, path: path)
        }
    }

    private static func convert(_ node: Node, path: String) throws -> SettingNode {
        let place = Diagnostic.Location(file: path, line: node.mark?.line, column: node.mark?.column)
        switch node {
        case .scalar(let scalar):
            let isNull = scalar.style == .plain && ["", "~", "null"].contains(scalar.string)
            return SettingNode(isNull ? .null : .scalar(scalar.string), at: place)
        case .sequence(let sequence):
            return SettingNode(.list(try sequence.map { try convert($0, path: path) }), at: place)
        case .mapping(let mapping):
            return SettingNode(
                .map(
                    try mapping.map { key, value in
                        guard let name = key.scalar?.string else {
                            throw Diagnostic("SETTINGS-FORM", "a key is a plain word", at: place, fix: "write NAME: VALUE")
                        }
                        var node = try convert(value, path: path)
                        node.location = Diagnostic.Location(file: path, line: key.mark?.line, column: key.mark?.column)
                        return (key: name, node: node)
                    }
                ),
                at: place
            )
        case .alias:
            throw Diagnostic("SETTINGS-FORM", "aliases are not taken here", at: place, fix: "write the value out")
        }
    }

    private static func syntaxError(_ error: YamlError, path: String) -> Diagnostic {
        var place = Diagnostic.Location(file: path)
        var text = "the file is not YAML"
        var fix = "check indentation, colons and quotes at that place"
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
            place = Diagnostic.Location(file: path, line: mark.line, column: mark.column)
            text = problem
            if problem.contains("cannot start any token"), line(mark.line, of: path)?.hasPrefix("\t") == true {
                text = "the line begins with a tab"
                fix = "write blanks instead of the tab"
            }
        case .duplicatedKeysInMapping(let duplicates, let context):
            place = Diagnostic.Location(file: path, line: context.mark.line, column: context.mark.column)
            text = "given twice: \(duplicates.map { "\($0)" }.joined(separator: ", "))"
            fix = "remove one of them"
        default: break
        }
        return Diagnostic("SETTINGS-SYNTAX", text, at: place, fix: fix)
    }

    private static func line(_ number: Int, of path: String) -> String? {
        guard let data = try? OwnFile.content(path) else { return nil }
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        return lines.indices.contains(number - 1) ? String(lines[number - 1]) : nil
    }
}
