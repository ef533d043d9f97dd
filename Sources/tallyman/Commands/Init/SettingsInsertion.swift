import Domain
import Foundation

/// Adds a flow to the text of a settings file: every byte that was there stays, comments included.
struct SettingsInsertion {
    let path: String
    private let root: SettingNode
    private let text: String

    /// Throws `SETTINGS-FILE` where the file is not there.
    init(path: String, root: SettingNode) throws {
        guard let data = try OwnFile.content(path) else {
            throw Diagnostic("SETTINGS-FILE", "there is no settings file here", at: .init(file: path), fix: "name one that is there")
        }
        (self.path, self.root, text) = (path, root, String(decoding: data, as: UTF8.self))
    }

    /// The text with the flow behind the others, indented as they are. Throws `INIT-FORM` where flows are written on one line.
    func adding(flow name: String, _ lines: [String]) throws -> String {
        guard let flows = root["flows"], let place = flows.location.line, let first = flows.map?.first?.node.location, let line = first.line,
            line > place
        else {
            throw Diagnostic(
                "INIT-FORM", "the flows are not written one below the other", at: root["flows"]?.location ?? .init(file: path),
                fix: "write flows: and each flow below it, indented by two blanks")
        }
        // By bytes: to Swift, CR and LF together are one character.
        var all = text.utf8.split(separator: 10, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
        // A file that ends without a line end gets one.
        if all.last != "" { all.append("") }
        let indent = String(repeating: " ", count: (first.column ?? 3) - 1)
        // Behind the last line of the last flow; what comments follow belong to what follows them.
        var end = place
        for (index, line) in all.enumerated().dropFirst(place) {
            let content = line.trimmingCharacters(in: .whitespacesAndNewlines)
            if content.isEmpty { continue }
            guard line.hasPrefix(" ") else {
                if content.hasPrefix("#") { continue }
                break
            }
            end = index + 1
        }
        let ending = all.first?.hasSuffix("\r") == true ? "\r" : ""
        let block = ["", "\(indent)\(name):"] + lines.map { $0.isEmpty ? "" : "\(indent)  \($0)" }
        all.insert(contentsOf: block.map { $0 + ending }, at: end)
        return all.joined(separator: "\n")
    }

    /// Puts the new text in the file's place. Throws `SETTINGS-WRITE`.
    func replace(with text: String) throws {
        let count = (root["flows"]?.map ?? []).count + 1
        // What was written has to read as what was there and one flow more.
        try SettingsReplacement(path: path, from: self.text).write(text) { ($0["flows"]?.map ?? []).count == count }
    }
}
