@testable import Formats

/// One profile per feature of the language; the input's first byte chooses.
enum FuzzProfiles {
    static func table(_ choice: UInt8) -> Profile { tables[Int(choice) % tables.count] }
    static func document(_ choice: UInt8) -> Profile { documents[Int(choice) % documents.count] }

    static func lines(_ choice: UInt8) -> Profile { typed[Int(choice) % typed.count] }

    static func objects(_ choice: UInt8) -> Profile { ofObjects[Int(choice) % ofObjects.count] }

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

    private static let typed: [Profile] = [
        (
            "tagged",
            #""types": {"H": {"role": "header", "columns": ["", "at"]}, "D": {"columns": ["", "sku", "wh", "qty"]}, "T": {"role": "trailer", "columns": ["", "lines"]}}"#
        ),
        (
            "tagged",
            #""unknown": "reject", "dialect": {"delimiter": "|"}, "types": {"D": {"columns": ["", "sku", "at"]}, "Q": {"role": "row", "columns": ["", "wh", "qty"]}, "T": {"role": "trailer", "counts": "lines", "columns": ["", "lines"]}}"#
        ),
        (
            "fixed",
            #""types": {"": {"columns": [{"name": "sku", "length": 4}, {"name": "wh", "length": 2}, {"name": "qty", "length": 5}, {"name": "at", "length": 8}, {"name": "lines", "length": 1}]}}"#
        ),
        (
            "fixed",
            #""tag": {"start": 1, "length": 1}, "unknown": "ignore", "types": {"D": {"columns": [{"length": 1}, {"name": "sku", "length": 3}, {"name": "wh", "length": 2}, {"name": "qty", "length": 4}, {"name": "at", "length": 8}]}, "T": {"role": "trailer", "columns": [{"length": 1}, {"name": "lines", "length": 3}]}}"#
        ),
    ].flatMap { format, records in
        ["", #""encoding": "utf-16le""#, #""encoding": "cp850""#].compactMap { try? SampleLines.profile(format, records, more: $0) }
    }

    private static let ofObjects: [Profile] = ["", #""encoding": "utf-16le""#, #""encoding": "windows-1252""#].compactMap {
        try? SampleLines.profile(
            "jsonl", #""columns": {"sku": "item.sku", "wh": "item.depot"}, "rows": {"path": "rows", "columns": {"qty": "n"}}"#, more: $0)
    }
}
