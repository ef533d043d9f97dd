/// Why one record was not taken: code, place, value and mend, in the operator's words.
package struct RejectReason: Hashable, Sendable, Error {
    /// Stable, grouped in reports: `NUMBER-FORMAT`, `SKU-UNKNOWN`, `ROW-RAGGED`.
    package var code: String
    /// The column's caption as the file has it, where one column is to blame.
    package var column: String?
    /// The offending value, escaped and cut to a readable length.
    package var value: String?
    package var text: String
    package var fix: String

    package init(_ code: String, column: String? = nil, value: String? = nil, _ text: String, fix: String) {
        self.code = code
        self.column = column
        self.value = value
        self.text = text
        self.fix = fix
    }
}
