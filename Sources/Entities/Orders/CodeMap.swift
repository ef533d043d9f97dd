package import Domain

/// The ERP's codes for the shop's: shipping and payment methods, taxes, countries, accounts. A table in the settings or a file.
package struct CodeMap: Hashable, Sendable {
    /// What stands in messages: `shipping method`.
    package var subject: String
    /// The setting that holds it: `orders.shipping`.
    package var setting: String
    /// `nil`: there is no table, and the shop's own code goes out.
    package var table: [String: String]?

    package init(subject: String, setting: String, table: [String: String]?) {
        self.subject = subject
        self.setting = setting
        self.table = table
    }

    /// The first of `codes` that the table has, `*` last. Throws where a table is there and has none of them: the order waits, and
    /// one line in the table mends it for all orders (C217, C289).
    package func code(for codes: [String]) throws(DocumentRefusal) -> String {
        let codes = codes.filter { !$0.isEmpty }
        guard let table else { return codes.first ?? "" }
        for code in codes + ["*"] { if let found = table[code] { return found } }
        guard let first = codes.first else { return "" }
        throw DocumentRefusal(
            RejectReason(
                "CODE-UNMAPPED", column: subject, value: Escaped(first).description,
                "the ERP's code for the \(subject) \(Escaped(first)) is not known",
                fix: "add \(Escaped(first)) to \(setting); every order that waits for it goes with the next run"))
    }

    package enum TableFault: Error, Hashable, Sendable {
        case line(Int)
        case twice(String)
    }

    /// A table of two columns, `code,ERP code`, separated by comma, semicolon or tab; `#` begins a comment. Codes are trimmed of
    /// blanks; quotes around them do not count.
    package static func table(_ text: String) throws(TableFault) -> [String: String] {
        var table: [String: String] = [:]
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            var content = line[...]
            if index == 0, content.first == "\u{FEFF}" { content = content.dropFirst() }
            let trimmed = Self.trimmed(content)
            if trimmed.isEmpty || trimmed.hasPrefix("#") { continue }
            guard let separator = trimmed.first(where: { ",;\t".contains($0) }) else { throw .line(index + 1) }
            let cells = trimmed.split(separator: separator, omittingEmptySubsequences: false).map { Self.unquoted(Self.trimmed($0)) }
            guard cells.count == 2, !cells[0].isEmpty, !cells[1].isEmpty else { throw .line(index + 1) }
            guard table.updateValue(cells[1], forKey: cells[0]) == nil else { throw .twice(cells[0]) }
        }
        return table
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while text.first == " " || text.first == "\t" { text.removeFirst() }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return String(text)
    }

    private static func unquoted(_ text: String) -> String {
        guard text.utf8.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") else { return text }
        return String(text.dropFirst().dropLast()).replacing("\"\"", with: "\"")
    }
}
