/// The plain form of an outcome: readable in any mail program, and by a screen reader.
enum OutcomeText {
    static func text(_ sheet: OutcomeSheet) -> String {
        var lines = MailText.head(sheet.severity, sheet.title, sheet.sentences)
        for link in sheet.links { lines += ["", "\(link.caption):", link.url] }
        MailText.section("The books", sheet.books.map { "\($0.label): \($0.text)" }, into: &lines)
        MailText.section("What holds it", sheet.findings, into: &lines)
        MailText.section("Why records were rejected", sheet.reasons.flatMap(reason), into: &lines)
        MailText.section("Against the run before", sheet.comparison.map { "\($0.label): \($0.text)" }, into: &lines)
        let width = sheet.file.map(\.label.count).max() ?? 0
        MailText.section("The file", sheet.file.map { MailText.pad("\($0.label):", width + 2) + $0.text }, into: &lines)
        MailText.section("Also", sheet.notes, into: &lines)
        lines += ["", sheet.footer, ""]
        return lines.joined(separator: "\n")
    }

    private static func reason(_ reason: OutcomeSheet.Reason) -> [String] {
        ["\(reason.text) (\(reason.place))"] + (reason.fix.isEmpty ? [] : ["  -> \(reason.fix)"])
    }
}
