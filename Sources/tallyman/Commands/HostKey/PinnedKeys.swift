import Domain
import Endpoints
import Foundation

/// The pins of one endpoint in the text of a settings file. They are changed there and nowhere else; every other byte stays,
/// comments included.
struct PinnedKeys {
    let pins: [HostKeyFingerprint]
    private let endpoint: String
    private let settings: Settings
    private let node: SettingNode
    private let text: String

    /// - Throws: `HOST-KEY-FORM` where the endpoint has no pins that could be changed.
    init(_ endpoint: String, in settings: Settings) throws {
        guard let sftp = settings.root["endpoints"]?[endpoint]?["sftp"] else {
            throw Diagnostic(
                "ENDPOINT-UNKNOWN", "there is no SFTP endpoint \(Escaped(endpoint))", at: .init(file: settings.path),
                fix: "`tallyman hostkey show` lists them")
        }
        guard let node = sftp["host_keys"], let data = try OwnFile.content(settings.path) else {
            throw Diagnostic(
                "HOST-KEY-FORM", "the keys of endpoint \(Escaped(endpoint)) are in a known-hosts file", at: sftp["known_hosts"]?.location,
                fix: "change that file with ssh-keyscan and ssh-keygen -R, or replace known_hosts by host_keys: [\"SHA256:…\"]")
        }
        (self.endpoint, self.settings, self.node) = (endpoint, settings, node)
        text = String(decoding: data, as: UTF8.self)
        pins = (node.list ?? [node]).compactMap { $0.scalar.flatMap(HostKeyFingerprint.init) }
    }

    /// Writes the file with these pins. The edit is proven: everything else reads as it did.
    /// - Returns: what undoes it.
    func write(_ edited: String, expecting pins: [HostKeyFingerprint]) throws -> Undo {
        let rest = SettingsTree(settings.root).without(endpoint)
        try SettingsReplacement(path: settings.path, from: text).write(edited) { root in
            let after = root["endpoints"]?[endpoint]?["sftp"]?["host_keys"]
            let found = after.map { ($0.list ?? [$0]).compactMap { $0.scalar.flatMap(HostKeyFingerprint.init) } }
            return found == pins && SettingsTree(root).without(endpoint) == rest
        }
        return Undo(path: settings.path, before: text, after: edited)
    }

    struct Undo {
        let path: String
        let before: String
        let after: String

        func callAsFunction() throws { try SettingsReplacement(path: path, from: after).write(before) { _ in true } }
    }

    /// The lines that differ, as `diff` shows them.
    func difference(to edited: String) -> [String] {
        let (old, new) = (
            text.split(separator: "\n", omittingEmptySubsequences: false), edited.split(separator: "\n", omittingEmptySubsequences: false)
        )
        return new.difference(from: old).map { change in
            switch change {
            case .remove(_, let line, _): "- \(line.trimmingCharacters(in: .newlines))"
            case .insert(_, let line, _): "+ \(line.trimmingCharacters(in: .newlines))"
            }
        }
    }

    // MARK: Editing

    /// The text with one pin more, behind the others.
    func adding(_ pin: HostKeyFingerprint) throws -> String {
        let tokens = try tokens()
        guard let last = tokens.last else { throw form }
        let source = Array(text.unicodeScalars)
        let insertion: String
        var place = last.range.upperBound
        var edited = source
        if last.isBlock {
            insertion = last.lineEnding + String(String.UnicodeScalarView(source[last.lineStart..<last.range.lowerBound])) + "\"\(pin)\""
            place = last.lineEnd
        } else if node.list != nil {
            insertion = ", \"\(pin)\""
        } else {
            insertion = ", \"\(pin)\"]"
        }
        edited.insert(contentsOf: insertion.unicodeScalars, at: place)
        if node.list == nil { edited.insert("[", at: last.range.lowerBound) }
        return String(String.UnicodeScalarView(edited))
    }

    /// The text without these pins. One at least is left.
    func removing(_ gone: [HostKeyFingerprint]) throws -> String {
        var edited = Array(text.unicodeScalars)
        // From the last to the first, so that places stay right.
        for token in try tokens().reversed() where gone.contains(token.pin) {
            edited.removeSubrange(try removal(of: token, from: edited))
        }
        return String(String.UnicodeScalarView(edited))
    }

    private func removal(of token: Token, from edited: [Unicode.Scalar]) throws -> Range<Int> {
        func isBlank(_ index: Int) -> Bool { edited.indices.contains(index) && (edited[index] == " " || edited[index] == "\t") }
        var (start, end) = (token.range.lowerBound, token.range.upperBound)
        while isBlank(end) { end += 1 }
        if token.isBlock {
            // A comment behind it stays where it was, as a line of its own.
            if edited.indices.contains(end), edited[end] == "#" {
                return (edited[token.lineStart..<start].firstIndex(of: "-") ?? start)..<end
            }
            var lineEnd = token.lineEnd
            while lineEnd < edited.count, edited[lineEnd] != "\n" { lineEnd += 1 }
            return token.lineStart..<min(lineEnd + 1, edited.count)
        }
        if edited.indices.contains(end), edited[end] == "," {
            end += 1
            while isBlank(end) { end += 1 }
            return start..<end
        }
        var before = start - 1
        while isBlank(before) { before -= 1 }
        if edited.indices.contains(before), edited[before] == "," { start = before }
        return start..<token.range.upperBound
    }

    // MARK: Places

    private struct Token {
        var pin: HostKeyFingerprint
        /// With its quotes.
        var range: Range<Int>
        /// Whether it is the one thing on a line of a list with dashes.
        var isBlock: Bool
        var lineStart: Int
        /// Before the line's end.
        var lineEnd: Int
        var lineEnding: String
    }

    private var form: Diagnostic {
        Diagnostic(
            "HOST-KEY-FORM", "host_keys of endpoint \(Escaped(endpoint)) are written in a way that cannot be changed here", at: node.location,
            fix: "write host_keys: [\"SHA256:…\", \"SHA256:…\"] in the settings yourself")
    }

    private func tokens() throws -> [Token] {
        let source = Array(text.unicodeScalars)
        let starts = [0] + source.indices.filter { source[$0] == "\n" }.map { $0 + 1 }
        func place(_ location: Diagnostic.Location) -> Int? {
            guard let line = location.line, let column = location.column, starts.indices.contains(line - 1) else { return nil }
            return starts[line - 1] + column - 1
        }
        let items = node.list ?? [node]
        return try items.map { item in
            guard var start = place(item.location), let pin = item.scalar.flatMap(HostKeyFingerprint.init) else { throw form }
            if node.list == nil {
                // The place of a key's value is that of the key.
                guard let colon = source[start...].firstIndex(of: ":") else { throw form }
                start = source[(colon + 1)...].firstIndex { $0 != " " && $0 != "\t" } ?? colon
            }
            guard source.indices.contains(start) else { throw form }
            let quote = source[start]
            let isQuoted = quote == "\"" || quote == "'"
            let ends: (Unicode.Scalar) -> Bool = isQuoted ? { $0 == quote } : { " \t\r\n,]}#".unicodeScalars.contains($0) }
            let found = source[(start + (isQuoted ? 1 : 0))...].firstIndex(where: ends) ?? source.count
            let range = start..<min(found + (isQuoted ? 1 : 0), source.count)
            let content = String(String.UnicodeScalarView(source[range])).trimmingCharacters(in: CharacterSet(charactersIn: "\"'"))
            guard HostKeyFingerprint(content) == pin else { throw form }
            let lineStart = source[..<start].lastIndex(of: "\n").map { $0 + 1 } ?? 0
            var lineEnd = source[start...].firstIndex(of: "\n") ?? source.count
            var ending = "\n"
            if lineEnd > lineStart, lineEnd < source.count, source[lineEnd - 1] == "\r" { (lineEnd, ending) = (lineEnd - 1, "\r\n") }
            let before = String(String.UnicodeScalarView(source[lineStart..<start])).trimmingCharacters(in: .whitespaces)
            return Token(pin: pin, range: range, isBlock: before == "-", lineStart: lineStart, lineEnd: lineEnd, lineEnding: ending)
        }
    }
}

/// Settings as text that is equal where they say the same, wherever it stands in the file.
struct SettingsTree {
    private let root: SettingNode

    init(_ root: SettingNode) { self.root = root }

    /// Everything but the pins of one endpoint.
    func without(_ endpoint: String) -> String { Self.text(root, path: ["endpoints", endpoint, "sftp", "host_keys"]) }

    private static func text(_ node: SettingNode, path: [String]) -> String {
        switch node.value {
        case .scalar(let text): "\"\(text.utf8.count) \(text)\""
        case .null: "~"
        case .list(let nodes): "[" + nodes.map { text($0, path: ["", ""]) }.joined(separator: ",") + "]"
        case .map(let pairs):
            "{"
                + pairs.map { key, node in
                    if path == [key] { return "\(key):…" }
                    return "\(key):" + text(node, path: path.first == key ? Array(path.dropFirst()) : ["", ""])
                }.joined(separator: ",") + "}"
        }
    }
}
