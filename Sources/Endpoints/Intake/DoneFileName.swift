/// How the name of a done file is made from the name of the file it announces: `${name}.done` or `${stem}.ok`.
package struct DoneFileName: Hashable, Sendable, CustomStringConvertible {
    package enum Part: String, Sendable {
        /// The whole name.
        case name = "${name}"
        /// The name without its last extension.
        case stem = "${stem}"
    }

    package let part: Part
    package let ending: String

    /// `nil` unless it is `${name}` or `${stem}` with something behind it.
    package init?(_ text: String) {
        guard let part = [Part.name, .stem].first(where: { text.hasPrefix($0.rawValue) }) else { return nil }
        let ending = String(text.dropFirst(part.rawValue.count))
        guard !ending.isEmpty, !ending.contains("/"), !ending.contains("$") else { return nil }
        self.part = part
        self.ending = ending
    }

    package var description: String { part.rawValue + ending }

    /// What must be there before `file` counts as finished.
    package func announcement(of file: [UInt8]) -> [UInt8] {
        switch part {
        case .name: return file + Array(ending.utf8)
        case .stem:
            let dot = file.lastIndex(of: UInt8(ascii: "."))
            // A leading dot hides a file; it does not begin an extension.
            return (dot.map { $0 > 0 ? Array(file[..<$0]) : file } ?? file) + Array(ending.utf8)
        }
    }

    /// Whether `name` can only announce another file.
    package func isAnnouncement(_ name: [UInt8]) -> Bool {
        name.count > ending.utf8.count && name.suffix(ending.utf8.count).elementsEqual(ending.utf8)
    }
}
