/// The plain form of an outcome: readable in any mail program, and by a screen reader.
enum OutcomeText {
    static func text(_ sheet: OutcomeSheet) -> String {
        var lines = ["\(sheet.severity.word): \(sheet.title)", ""] + sheet.sentences
        section("The books", sheet.books.map { "\($0.label): \($0.text)" }, into: &lines)
        section("What holds it", sheet.findings, into: &lines)
        section("Why records were rejected", sheet.reasons.flatMap(reason), into: &lines)
        section("Against the run before", sheet.comparison.map { "\($0.label): \($0.text)" }, into: &lines)
        let width = sheet.file.map(\.label.count).max() ?? 0
        section("The file", sheet.file.map { pad("\($0.label):", width + 2) + $0.text }, into: &lines)
        section("Also", sheet.notes, into: &lines)
        lines += ["", sheet.footer, ""]
        return lines.joined(separator: "\n")
    }

    private static func section(_ title: String, _ rows: [String], into lines: inout [String]) {
        guard !rows.isEmpty else { return }
        lines += ["", title] + rows.map { "  \($0)" }
    }

    private static func reason(_ reason: OutcomeSheet.Reason) -> [String] {
        ["\(reason.text) (\(reason.place))"] + (reason.fix.isEmpty ? [] : ["  -> \(reason.fix)"])
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
