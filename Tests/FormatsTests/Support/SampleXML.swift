import Domain

@testable import Formats

/// Small XML profiles made in the test that needs them: `sku`, `wh`, `qty` and `at` as columns of stock.
enum SampleXML {
    static let schema = """
        {"fields": [{"name": "sku"}, {"name": "wh"}, {"name": "qty", "type": "number", "constraints": {"minimum": -100}},
        {"name": "at", "type": "datetime", "format": "%Y-%m-%dT%H:%M:%S%z"}]}
        """
    static let fields = """
        "fields": {"sku": {"column": "sku"}, "warehouse": {"column": "wh", "optional": true}, "on_hand": {"column": "qty"},
        "valid_from": {"column": "at", "optional": true}}
        """
    static let columns = #""columns": {"sku": "@sku", "wh": "@wh", "qty": "Qty", "at": "/@at"}"#

    /// `document` is the content of document.json without `columns`; `more` goes into profile.json.
    static func profile(_ document: String = #""record": "Item""#, columns: String = columns, more: String = "") throws -> Profile {
        try Profile(
            name: "test/xml",
            profile: JSONDocument.parse(
                Array(#"{"title": "T", "format": "xml", \#(more.isEmpty ? "" : more + ",") \#(fields)}"#.utf8), file: "profile.json"),
            schema: JSONDocument.parse(Array(schema.utf8), file: "schema.json"),
            structure: JSONDocument.parse(Array("{\(document), \(columns)}".utf8), file: "document.json"),
            schemaFolder: ProjectFolder.root + "Schemas/xsd"
        )
    }

    /// `sku/wh/qty` of every row of every good record.
    static func rows(_ file: ReadFile) -> [String] {
        file.good.flatMap { record in record.rows.map { "\(plain($0[0]))/\(plain($0[1]))/\(plain($0[2]))" } }
    }

    static func plain(_ cell: String) -> String {
        cell.split(separator: ":", maxSplits: 1).count == 2 && (cell.hasPrefix("text:") || cell.hasPrefix("number:"))
            ? String(cell.drop { $0 != ":" }.dropFirst()) : cell
    }
}
