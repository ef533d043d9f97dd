/// The plain form of a mail: readable in any mail program, and by a screen reader.
package enum MailText {
    package static func text(_ sheet: MailSheet) -> String {
        var lines = head(sheet.severity, sheet.title, sheet.sentences)
        for link in sheet.links { lines += ["", "\(link.caption):", link.url] }
        section(
            "Why records were rejected", sheet.reasons.flatMap { ["\($0.text) (\($0.place))"] + ($0.fix.isEmpty ? [] : ["  -> \($0.fix)"]) },
            into: &lines)
        for part in sheet.sections {
            let width = part.rows.map(\.label.count).max() ?? 0
            section(part.heading, part.rows.map { $0.label.isEmpty ? $0.text : pad("\($0.label):", width + 2) + $0.text }, into: &lines)
        }
        lines += ["", sheet.footer, ""]
        return lines.joined(separator: "\n")
    }

    static func head(_ severity: Severity, _ title: String, _ sentences: [String]) -> [String] {
        ["\(severity.word): \(title)", ""] + sentences
    }

    static func section(_ title: String, _ rows: [String], into lines: inout [String]) {
        guard !rows.isEmpty else { return }
        lines += ["", title] + rows.map { "  \($0)" }
    }

    static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
