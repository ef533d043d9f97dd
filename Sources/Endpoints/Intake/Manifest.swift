package import Domain

/// How a sender announces sets of files: a manifest names the files of a set, and nothing of it is taken before all of them are there.
package struct ManifestRule: Hashable, Sendable {
    package var patterns: [GlobPattern]
    package var line: ManifestLine
    /// Lines that name no file, such as a header or a total.
    package var skipped: [GlobPattern]
    /// How long a set may be incomplete before that is an alarm.
    package var deadline: Duration

    package static let standardDeadline = Duration.seconds(7200)

    package init(
        patterns: [GlobPattern], line: ManifestLine = .standard, skipped: [GlobPattern] = [], deadline: Duration = ManifestRule.standardDeadline
    ) {
        self.patterns = patterns
        self.line = line
        self.skipped = skipped
        self.deadline = deadline
    }

    package func isManifest(_ name: [UInt8]) -> Bool { patterns.contains { $0.matches(name) } }
}

/// What a manifest says: the files of one set, in its order.
package struct Manifest: Hashable, Sendable {
    package struct Entry: Hashable, Sendable {
        package var name: [UInt8]
        package var records: Int?
        package var size: Int64?
        package var hash: ContentHash?

        package init(name: [UInt8], records: Int? = nil, size: Int64? = nil, hash: ContentHash? = nil) {
            self.name = name
            self.records = records
            self.size = size
            self.hash = hash
        }
    }

    /// What is read of one at most.
    package static let limit = 256 << 10
    /// The most files of one set.
    static let mostEntries = 1000
    private static let longestLine = 512

    package let entries: [Entry]

    /// - Parameter name: of the manifest itself, which is no file of its set.
    /// - Throws: `MANIFEST-TEXT`, `MANIFEST-LINE`, `MANIFEST-NAME` and `MANIFEST-EMPTY`: nothing is guessed of a set.
    package init(_ content: [UInt8], name: [UInt8], rule: ManifestRule) throws {
        let text = try Self.text(content, of: name)
        var entries: [Entry] = []
        var seen: Set<[UInt8]> = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: { $0 == 10 || $0 == 13 }).enumerated() {
            let line = line.trimmingBlanks
            guard !line.isEmpty, !rule.skipped.contains(where: { $0.matches(Array(line)) }) else { continue }
            // A carriage return before a line feed makes an empty line of its own.
            let number = text.prefix(line.startIndex).count { $0 == 10 } + 1
            guard line.count <= Self.longestLine, index < Self.mostEntries * 4, let entry = rule.line.entry(line) else {
                throw Self.fault(
                    "MANIFEST-LINE", name, "line \(number) does not have the form \(Escaped(rule.line.text)): \(Escaped(Array(line), limit: 80))",
                    "correct manifest.line, or name the line in manifest.skip if it names no file")
            }
            if let why = Self.objection(to: entry.name, in: name, rule) {
                throw Self.fault(
                    "MANIFEST-NAME", name, "line \(number) names \(Escaped(entry.name, limit: 120)), which \(why)",
                    "ask the sender to name each file of the set once, as it is called in the folder")
            }
            guard seen.insert(entry.name).inserted else {
                throw Self.fault(
                    "MANIFEST-NAME", name, "line \(number) names \(Escaped(entry.name, limit: 120)) a second time",
                    "ask the sender to name each file of the set once")
            }
            entries.append(entry)
        }
        guard !entries.isEmpty, entries.count <= Self.mostEntries else {
            throw Self.fault(
                "MANIFEST-EMPTY", name, entries.isEmpty ? "it names no file" : "it names more than \(Self.mostEntries) files",
                "ask the sender to write it again")
        }
        self.entries = entries
    }

    private static func objection(to file: [UInt8], in manifest: [UInt8], _ rule: ManifestRule) -> String? {
        guard RemotePath.isOneComponent(file), !file.contains(UInt8(ascii: "\\")) else { return "is a path and not a name in the folder" }
        if file == manifest || rule.isManifest(file) { return "is a manifest itself" }
        if FileSelection.temporaryMark(file) != nil { return "is a temporary name" }
        return nil
    }

    /// As UTF-8. What is neither that nor UTF-16 with its mark is not guessed at: names would become other names.
    private static func text(_ content: [UInt8], of name: [UInt8]) throws -> [UInt8] {
        let mark = content.prefix(2)
        if mark == [0xFF, 0xFE] || mark == [0xFE, 0xFF] {
            let isLittle = mark.first == 0xFF
            let units = stride(from: 2, to: content.count - 1, by: 2).map { index in
                UInt16(content[index + (isLittle ? 1 : 0)]) << 8 | UInt16(content[index + (isLittle ? 0 : 1)])
            }
            if content.count.isMultiple(of: 2), let text = String(validating: units, as: UTF16.self), !text.utf8.contains(0) {
                return Array(text.utf8)
            }
        } else {
            let bytes = content.starts(with: [0xEF, 0xBB, 0xBF]) ? content.dropFirst(3) : content[...]
            if let text = String(validating: bytes, as: UTF8.self), !text.utf8.contains(0) { return Array(text.utf8) }
        }
        throw fault(
            "MANIFEST-TEXT", name, "it is neither UTF-8 nor UTF-16 with a byte order mark",
            "ask the sender to write the manifest in UTF-8; in another encoding its names could be those of other files")
    }

    private static func fault(_ code: String, _ name: [UInt8], _ text: String, _ fix: String) -> Diagnostic {
        Diagnostic(
            code, "the manifest \(Escaped(name)) cannot be used: \(text)", at: .init(file: Escaped(name).description),
            fix: "\(fix); nothing of its set is taken")
    }
}
