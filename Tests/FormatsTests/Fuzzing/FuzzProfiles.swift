@testable import Formats

/// One profile per feature of the language; the input's first byte chooses.
enum FuzzProfiles {
    static func table(_ choice: UInt8) -> Profile { tables[Int(choice) % tables.count] }
    static func document(_ choice: UInt8) -> Profile { documents[Int(choice) % documents.count] }

    private static let fields = #""timezone": "UTC", "fields": {"sku": {"column": "sku"}, "on_hand": {"column": "qty", "blank": "zero"}}"#
    private static let schema = """
        {"fields": [{"name": "sku", "constraints": {"maxLength": 8}}, {"name": "qty", "type": "number", "groupChar": ","}], "missingValues": ["", "-"]}
        """

    private static let tables: [Profile] = [
        ("{}", "{}"),
        (#"{"delimiter": "\t", "quoteChar": null}"#, "{}"),
        (#"{"delimiter": ";", "escapeChar": "\\", "doubleQuote": false}"#, "{}"),
        ("{}", #"{"layout": {"stray_quotes": "literal", "short_rows": "allow", "trailing_separators": "reject"}}"#),
        (#"{"header": false, "commentChar": "%"}"#, #"{"header": {"order": "declared"}}"#),
        ("{}", #"{"trailer": {"first_cell": "END", "count_cell": 2}, "complete": {"trailer_count": true}}"#),
        ("{}", #"{"layout": {"preamble": "until_blank", "repeated_header": "refuse"}}"#),
        (#"{"headerRows": [1, 2]}"#, #"{"layout": {"extra_header_rows": 1}, "header": {"aliases": {"sku": ["a b"], "qty": ["c d"]}}}"#),
        ("{}", #"{"encoding": "utf-16le"}"#), ("{}", #"{"encoding": "utf-16be"}"#), ("{}", #"{"encoding": "cp850"}"#),
        ("{}", #"{"encoding": "windows-1252", "numbers": {"trailing_minus": true, "parentheses": true}}"#),
        ("{}", #"{"layout": {"line_ends": "lf", "max_record_bytes": 64}}"#), (#"{"skipInitialSpace": true}"#, #"{"layout": {"line_ends": "crlf"}}"#),
    ].compactMap { dialect, more in
        let inner = more.dropFirst().dropLast()
        return try? SampleProfile.make(
            profile: #"{"title": "T", \#(fields)\#(inner.isEmpty ? "" : ", \(inner)")}"#, schema: schema, dialect: dialect)
    }

    private static let documents: [Profile] = [
        (#""record": "Item""#, ""), (#""record": "Stock/Item""#, #""timezone": "UTC""#), (#""record": "Item", "documents": "many""#, ""),
        (#""record": "Item", "documents": "independent""#, ""), (#""record": "Item""#, #""encoding": "windows-1252""#),
    ].compactMap { document, more in try? SampleXML.profile(document, more: more) }
}
